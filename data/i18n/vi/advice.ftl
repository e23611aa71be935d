# Phí, thuế và phiếu phương án.
fee-step-land-price = Giá đất trong bảng giá, đồng/m²
fee-step-times-area = × diện tích
fee-step-agreed-price = Giá hai bên thoả thuận
fee-step-land-value-counts = Giá thoả thuận thấp hơn bảng giá: tính theo bảng giá
fee-step-price-counts = Giá thoả thuận không thấp hơn bảng giá: tính theo giá thoả thuận
fee-step-share = Tỷ lệ trên giá tính
fee-step-slice-share = Tỷ lệ trên phần vượt bậc dưới
fee-step-slice-fixed = Mức cố định của bậc
fee-step-sum = Cộng
fee-step-most = Không quá mức tối đa
fee-step-fixed = Mức thu cố định
fee-step-difference = Chênh lệch giá đất trước và sau, đồng/m²
fee-step-quota-within = Phần trong hạn mức
fee-step-quota-once-more = Phần vượt đến một lần hạn mức
fee-step-quota-beyond = Phần còn lại
rounding-nearest-dong = làm tròn đến đồng
rounding-nearest-thousand = làm tròn đến nghìn đồng
rounding-down-dong = bỏ phần lẻ dưới một đồng
fee-exempt = được miễn
fee-not-known = chưa biết, cần hỏi cơ quan thuế
fee-missing = cần biết: { $facts }

option-feasible = làm được
option-needs-papers = cần bổ sung giấy tờ
option-needs-person = cần người xem xét
option-blocked = bị vướng
option-not-applicable = không áp dụng

option-reason-certificate-exists = Đã có giấy chứng nhận
option-reason-no-mortgage = Không có thế chấp để xoá
option-reason-mortgage-unknown = Chưa rõ có thế chấp hay không
option-reason-no-days = Chưa biết thời hạn của thủ tục
option-reason-not-in-force = Chưa có quy định nào của thủ tục có hiệu lực vào ngày này
option-reason-stale = Xác minh không nêu đủ: { $check }

step-collect-papers = Khách hàng bổ sung giấy tờ
step-measure = Đo đạc, trích lục bản đồ địa chính
step-notarise = Công chứng hợp đồng, văn bản
step-post = Niêm yết công khai
step-declare-tax = Kê khai thuế, lệ phí
step-submit = Nộp hồ sơ tại bộ phận một cửa
step-decide = Cơ quan giải quyết
step-pay = Nộp thuế, phí, lệ phí
step-receive = Nhận kết quả và bàn giao

sheet-outdated-verification = có xác minh mới hơn
sheet-outdated-rules = quy tắc kiểm tra đã thay đổi
sheet-outdated-procedures = quy định về thủ tục đã thay đổi
sheet-outdated-fees = biểu phí, thuế đã thay đổi
sheet-outdated-layer = lớp bản đồ { $layer } đã có phiên bản mới
sheet-outdated-parcel = thửa đất đã có biến động
sheet-changed-parcel = thửa đất đã có biến động
sheet-changed-finding = có kết luận mới: { $check } ({ $subject })
sheet-changed-option = phương án không còn trong danh sách hiện nay
sheet-changed-feasibility = phương án gặp thêm vướng mắc
sheet-changed-papers = cần thêm giấy tờ
sheet-changed-steps = các bước hoặc thời hạn đã khác
sheet-changed-dues = phí, thuế đã khác

sheet-title = Phiếu phương án
sheet-rests-on = Dựa trên kết quả xác minh có mã:
sheet-days = Thời hạn theo quy định
sheet-steps = Các bước
sheet-recommended = Đề xuất
sheet-total = Cộng phí, thuế đã biết
sheet-incomplete = chưa đủ, còn khoản chưa biết
fee-fact = { $fact ->
    [area] diện tích
    [land_price] giá đất trong bảng giá
    [land_price_after] giá đất theo mục đích mới
    [agreed_price] giá thoả thuận
    [kinship] quan hệ giữa hai bên
    [only_home] có phải nhà ở duy nhất không
    [beside_house] có cùng thửa với nhà ở không
    [reduction_used] đã từng được giảm chưa
    [quota] hạn mức đất ở
    [object] đối tượng chịu phí
    [too_large] số quá lớn để tính
   *[other] { $fact }
}
days-not-known = chưa biết
days-same-day = trong ngày
days-working = { $n } ngày làm việc
days-range = { $n } đến { $most } ngày làm việc
days-difficult = Ở xã miền núi, hải đảo, vùng khó khăn: { $n } ngày làm việc
days-posting = Cộng { $n } ngày niêm yết công khai
days-ours = Theo { $cases } hồ sơ chúng tôi đã làm: thường { $median }, lâu nhất { $longest } ngày làm việc từ khi mở đến khi xong
needed-joint_ownership = chỉ khi có nhiều người cùng đứng tên
needed-represented = chỉ khi có người đại diện
needed-draft = đã có nhưng chưa điền đủ
payer-holder = bên chuyển quyền nộp
payer-receiver = bên nhận quyền, hoặc người đề nghị, nộp
payer-either = theo thoả thuận hai bên
due-source = Nguồn: { $source }; áp dụng từ { $since }
