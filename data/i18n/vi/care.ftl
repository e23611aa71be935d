# Rà soát, bàn giao, thuế và phí, chăm sóc sau bàn giao.
amount-not-known = chưa biết số tiền
obligation-registration_fee = lệ phí trước bạ
obligation-income_tax_transfer = thuế thu nhập cá nhân từ chuyển nhượng
obligation-income_tax_gift = thuế thu nhập cá nhân từ thừa kế, quà tặng
obligation-land_use_fee = tiền sử dụng đất
obligation-certificate_fee = phí thẩm định và lệ phí cấp giấy chứng nhận
obligation-notary_fee = phí công chứng
obligation-other = khoản thuế, phí khác

review-papers_complete = Giấy tờ đầy đủ
review-papers_readable = Giấy tờ đọc được
review-papers_valid = Giấy tờ còn hiệu lực
review-papers_agree = Giấy tờ khớp nhau và khớp bản đồ
review-scans_whole = Bản quét lưu trữ đúng như đã gửi
review-boundary = Ranh giới đã được đo
review-verdict = Có kết luận xác minh và không bị chặn
review-verdict_signed = Kết luận đã được ký số
review-verdict_fresh = Bản đồ, thửa đất, quy tắc đúng như khi kết luận
review-verdict_saw_papers = Kết luận đã xét mọi giấy tờ như hiện nay
review-advice_signed = Phiếu phương án đã ký
review-advice_fresh = Phiếu phương án còn hiệu lực
review-contract_signed = Hai bên đã ký hợp đồng
review-requests = Không còn yêu cầu giấy tờ
review-issues = Không còn vướng mắc
review-conflicts = Không còn mâu thuẫn của thực địa
review-tasks = Không còn nhiệm vụ
review-authority = Cơ quan đã giải quyết
review-instalments = Đã thanh toán các đợt
review-obligations = Đã nộp thuế và phí
review-asked = Đã yêu cầu, chưa có: { review-need }, { paper-kind }.
review-wanting = { review-need }: { paper-kind }.
review-need = { $need ->
    [missing] thiếu
    [unreadable] không đọc được
    [expired] hết hạn
    [contradicts] không khớp
   *[boundary] cần đo ranh giới
}
review-draft = Mới là bản nháp: { paper-kind }.
review-unsigned = Chưa ký.
review-unsigned-customer = Khách hàng chưa ký.
review-unsigned-firm = Công ty chưa ký.
review-no-verdict = Chưa có lần xác minh nào.
review-no-sheet = Chưa có phiếu phương án.
review-no-papers = Chưa có giấy tờ.
review-no-scans = Chưa có bản quét nào.
review-not-kept = Hồ sơ này không có mục đó.
review-nothing-submitted = Chưa nộp gì cho cơ quan nhà nước.
review-not-granted = Cơ quan đã từ chối.
review-refused-beside = Cơ quan đã từ chối thủ tục kèm theo: { procedure-name }.
review-submitted = Đang ở cơ quan: { $count }.
review-scan-broken = Bản quét lưu trữ không đúng như đã gửi: { paper-kind }.
review-blocked = Kết luận chặn hồ sơ.
review-unseen = Có hoặc thay đổi sau lần xác minh: { paper-kind }.
review-issue = Vướng mắc: { $topic }.
review-task = Nhiệm vụ chưa xong: { $task }.
review-conflicts-open = Còn { $count } giá trị thực địa chờ quyết định.
review-instalment = Đợt { $no } chưa thanh toán đủ.
review-owed = Chưa nộp: { $what ->
    [registration_fee] lệ phí trước bạ
    [income_tax_transfer] thuế thu nhập cá nhân từ chuyển nhượng
    [income_tax_gift] thuế thu nhập cá nhân từ thừa kế, quà tặng
    [land_use_fee] tiền sử dụng đất
    [certificate_fee] phí thẩm định và lệ phí cấp giấy chứng nhận
    [notary_fee] phí công chứng
   *[other] khoản thuế, phí khác
}.

handover-title = Biên bản bàn giao hồ sơ
handover-case = Hồ sơ { $number }
handover-made = Lập ngày { $date }
handover-parties = Công ty bàn giao cho khách hàng các tài liệu sau; khách hàng đã xem và nhận đủ:
handover-no = STT
handover-what = Tài liệu
handover-bytes = Số byte
handover-hash = SHA-256 của tệp
handover-report = Báo cáo xác minh, đã ký số
handover-version = bản { $version }
handover-seen = đã xét khi xác minh
handover-unseen = có sau khi xác minh
handover-digest = SHA-256 của danh sách trên
handover-owed = Thuế, phí chưa nộp
handover-none-owed = Không còn khoản thuế, phí nào chưa nộp.
handover-due = nộp trước { $date }
handover-firm = Đại diện công ty
handover-customer = Khách hàng
handover-sign-hint = (ký, ghi rõ họ tên)
handover-page = Trang
handover-foot = Diaba: biên bản bàn giao

archive-whole = Hồ sơ lưu trữ { $case }: { $files } tệp, đều đúng như bản kê.
archive-manifest = SHA-256 của bản kê: { $sha256 }
archive-signed = Ký bằng khoá { $key }.
archive-key-needed = Chưa chứng minh được là của ai: hãy nêu khoá công khai của văn phòng (--key).
archive-broken = { $count } điểm không đúng như bản kê.
archive-fault-missing = { $name }: không có trong tệp lưu trữ
archive-fault-unlisted = { $name }: không có trong bản kê
archive-fault-twice = { $name }: có hai lần
archive-fault-name = { $name }: không phải tên tệp của hồ sơ lưu trữ
archive-fault-changed = { $name }: SHA-256 là { $found }, bản kê ghi { $listed }
archive-fault-size = { $name }: { $found } byte, bản kê ghi { $listed }
archive-fault-manifest = manifest.json: { $name }
archive-fault-signature = manifest.sig.json: { $name }

watch-parcel = Thửa đất
watch-rules = quy định mới có hiệu lực
watch-map = bản đồ mới công bố
watch-unknown = chưa rõ
watch-clear = không vướng
watch-hit = vướng
work-task = Đã làm nhiệm vụ “{ $task }” (dòng { $seq }).
work-verified = Đã xác minh hồ sơ (dòng { $seq }).
work-advised = Đã soạn hoặc ký phiếu phương án (dòng { $seq }).
work-review-asked = Đã yêu cầu rà soát (dòng { $seq }).
review-in-order = đạt
review-or-reason = đạt, hoặc lý do vì sao được chấp nhận
