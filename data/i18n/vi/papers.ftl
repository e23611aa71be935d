# Kết luận về giấy tờ và ràng buộc: paper.*, encumbrance.*.

paper-kind = { $kind ->
    [titled] giấy tờ do cơ quan nêu tên
    [certificate] giấy chứng nhận
    [identity_card] căn cước
    [power_of_attorney] giấy uỷ quyền
    [marriage_certificate] giấy chứng nhận kết hôn
    [tax_notice] thông báo thuế
    [planning_extract] trích lục quy hoạch
    [request_form] đơn đăng ký, đơn đề nghị
    [sale_contract] hợp đồng chuyển nhượng đã công chứng
    [gift_contract] hợp đồng tặng cho đã công chứng
    [inheritance_deed] văn bản về thừa kế
    [split_drawing] bản vẽ tách thửa, hợp thửa
    [cadastral_extract] trích lục bản đồ địa chính
    [petition_change_of_use] đơn xin chuyển mục đích
    [origin_papers] giấy tờ về quyền sử dụng đất
    [loss_report] xác nhận đã niêm yết việc mất giấy
    [error_proof] giấy tờ chứng minh sai sót
    [mortgage_contract] hợp đồng thế chấp
    [mortgage_request] phiếu yêu cầu đăng ký thế chấp
    [release_request] phiếu yêu cầu xoá đăng ký thế chấp
    [release_consent] văn bản đồng ý xoá của bên nhận thế chấp
    [tax_receipt] biên lai nộp thuế, phí
    [marriage_paper] giấy tờ về tình trạng hôn nhân
    [other] giấy tờ khác
   *[title] { $kind }
}
paper-no-certificate = Hồ sơ không có giấy chứng nhận.

papers-not-asked = Tra cứu thửa đất không có hồ sơ nên không yêu cầu giấy tờ.
papers-no-list = Chưa có danh mục giấy tờ cho thủ tục “{ procedure-name }”; cần người xác định thành phần hồ sơ.
papers-complete = Đủ { $count } loại giấy tờ mà thủ tục yêu cầu.
papers-lacking = Thiếu hoặc chưa đầy đủ { $lacking } trong { $count } loại giấy tờ.
papers-lack-one = Thiếu: { paper-kind } ({ $citation }).
papers-draft = Mới là bản nháp: { paper-kind }; còn thiếu các mục: { $fields } ({ $citation }).

serial-none = Giấy chứng nhận chưa có số phát hành.
serial-no-date = Giấy chứng nhận chưa có ngày cấp nên không xét được số phát hành.
serial-shape = “{ $serial }” không đúng dạng số phát hành: một hoặc hai chữ cái và sáu chữ số, hoặc hai chữ cái và tám chữ số.
serial-fits = Số phát hành { $serial }, cấp ngày { $date }: mẫu giấy đang dùng vào ngày đó.
serial-future = Số phát hành { $serial }: ngày cấp { $date } ở tương lai.
serial-too-old = Số phát hành { $serial }: ngày cấp { $date } trước năm { $year }.
serial-new-form-early = Số phát hành { $serial } theo mẫu dùng từ năm 2025, nhưng ngày cấp là { $date }.
serial-old-form-late = Số phát hành { $serial } theo mẫu dùng trước năm 2025, nhưng ngày cấp là { $date }.

same-certificate-no-serial = Không có giấy chứng nhận có số phát hành để đối chiếu với hồ sơ khác.
same-certificate-none = Không có hồ sơ nào khác đang mở dùng giấy chứng nhận này.
same-certificate-found = Có { $count } hồ sơ khác đang mở dùng giấy chứng nhận này.
other-cases-failed = Không đọc được các hồ sơ khác: { $reason }
other-cases-truncated = Có hơn { $count } hồ sơ khác: danh sách bị cắt nên chưa chứng minh được gì.
other-case = Hồ sơ { $number } ({ procedure-name }).

holder-not-asked = Thủ tục này không yêu cầu nhận diện chính người đứng tên.
holder-none-named = Giấy chứng nhận chưa ghi người đứng tên.
holder-identified = { $name } được nhận diện bằng căn cước.
holder-name-nearly = Cùng số căn cước nhưng tên hơi khác: “{ $name }” trên giấy chứng nhận, “{ $card }” trên căn cước.
holder-name-differs = Cùng số căn cước nhưng khác tên: “{ $name }” trên giấy chứng nhận, “{ $card }” trên căn cước.
holder-name-only = { $name }: chỉ khớp tên; giấy chứng nhận không có số giấy tờ và năm sinh để đối chiếu.
holder-number-differs = { $name }: khớp tên nhưng khác số giấy tờ.
holder-number-unlinked = { $name }: số trên giấy chứng nhận khác loại với số căn cước, và căn cước không ghi số cũ.
holder-not-identified = { $name }: hồ sơ không có căn cước của người này.
holder-has-agent = Người này có uỷ quyền; vẫn cần căn cước của người uỷ quyền.

cccd-none = Hồ sơ không có căn cước.
cccd-no-number = Căn cước chưa có số.
cccd-old-form = Giấy tờ có số 9 chữ số (CMND), không có cấu trúc để kiểm tra.
cccd-shape = Số không phải 12 hoặc 9 chữ số.
cccd-qr-unread = Nội dung mã QR không có dạng của căn cước.
cccd-qr-differs = Mã QR khác với nội dung đã nhập.
cccd-digits-differ = Các chữ số cho thông tin khác với căn cước. Cả hai đều có thể đúng; cần xem lại giấy.
cccd-qr-agrees = Số đúng cấu trúc và mã QR khớp với nội dung đã nhập.
cccd-digits-agree = Số đúng cấu trúc. Chưa đọc mã QR.
cccd-field-differs = Mục khác nhau: { $field ->
    [number] số
    [old_number] số cũ
    [name] họ tên
    [birth_date] ngày sinh
    [sex] giới tính
    [issued_on] ngày cấp
   *[other] { $field }
}.
cccd-digits = Chữ số khác: { $what ->
    [id-number-province] không biết mã tỉnh đăng ký
    [id-number-century] thế kỷ không hợp lý
    [id-number-sex] giới tính
    [id-number-birth-year] năm sinh
   *[other] { $what }
}.

joint-not-asked = Thủ tục này không định đoạt quyền sử dụng đất.
joint-no-holder = Giấy chứng nhận chưa ghi người đứng tên.
joint-sole = Giấy chứng nhận ghi một người sử dụng riêng.
joint-not-told = Giấy ghi một người đứng tên, chưa nhập là sử dụng chung hay riêng.
joint-all-there = Mọi người phải đồng ý đều có căn cước hoặc có uỷ quyền ({ $count } người đứng tên).
joint-lacking = Đất sử dụng chung; thiếu giấy tờ của { $count } người.
joint-no-marriage = Sử dụng chung nhưng giấy ghi một tên: thiếu giấy chứng nhận kết hôn của { $name }.
joint-absent = { $name } chưa có căn cước và cũng không có uỷ quyền.

power-none = Hồ sơ không có giấy uỷ quyền.
power-not-dated = Giấy uỷ quyền chưa có ngày ký.
power-good = Giấy uỷ quyền đúng phạm vi thủ tục, còn hiệu lực đến { $date }.
power-wrong = Chưa thể dùng giấy uỷ quyền: { $count } điểm.
power-future = Ngày ký { $date } ở tương lai.
power-over = Đã hết hiệu lực ngày { $date }.
power-no-principal = Không ghi bên uỷ quyền.
power-principal-is-no-holder = { $name }, bên uỷ quyền, không phải người đứng tên trên giấy chứng nhận.
power-no-agent = Không ghi bên được uỷ quyền.
power-agent-not-identified = { $name }, bên được uỷ quyền, chưa có căn cước trong hồ sơ.
power-agent-doubtful = { $name }, bên được uỷ quyền, không khớp mọi điểm với căn cước trong hồ sơ.
power-no-scope = Không ghi phạm vi uỷ quyền (cần cho: { procedure-name }).
power-other-scope = Phạm vi uỷ quyền không nêu thủ tục này ({ procedure-name }).
power-default-term = Không ghi thời hạn: tính { $years } năm từ ngày ký.

term-not-told = Chưa nhập thời hạn sử dụng cho mọi mục đích.
term-runs = Không có thời hạn sử dụng nào đã hết.
term-over = Đã hết thời hạn sử dụng của { $count } mục đích.
term-over-line = { $code }: hết hạn ngày { $date }, cách đây { $days } ngày.
term-soon-line = { $code }: hết hạn ngày { $date }, còn { $days } ngày.
term-long-agricultural = { $code }: đất nông nghiệp ghi “lâu dài”; cần xác nhận lại thời hạn.

scan-no-papers = Hồ sơ chưa có giấy tờ nào.
scan-none = Giấy tờ này chưa có bản quét.
scan-type = Không nhận bản quét loại { $found }.
scan-bytes = Bản quét có { $bytes } byte, ít hơn { $least }: khó đọc được.
scan-no-pixels = Đã có bản quét nhưng không đo được kích thước điểm ảnh: cần người xem có đọc được không.
scan-small = Bản quét quá nhỏ để đọc: cạnh ngắn.
scan-legible = Đã có bản quét và đủ lớn để đọc.

consistency-no-parts = Chưa nhập diện tích từng mục đích hoặc diện tích thửa.
consistency-parts-fit = Tổng diện tích các mục đích ({ $sum } m²) khớp diện tích thửa ({ $total } m²).
consistency-parts-differ = Tổng diện tích các mục đích ({ $sum } m²) không khớp diện tích thửa ({ $total } m²).
consistency-no-edges = Chưa nhập toạ độ đỉnh hoặc chiều dài cạnh.
consistency-edge-count = Có { $edges } cạnh nhưng { $vertices } đỉnh.
consistency-edges-fit = Chiều dài cạnh khớp với toạ độ đỉnh.
consistency-edges-differ = Chiều dài cạnh không khớp với toạ độ đỉnh.
consistency-edge = Cạnh { $from } đến { $to }: ghi { $printed } m, tính theo toạ độ { $computed } m.
consistency-no-ring = Chưa nhập toạ độ đỉnh hoặc diện tích thửa.
consistency-ring-fits = Các đỉnh bao { $ring } m²; giấy ghi { $total } m².
consistency-ring-differs = Các đỉnh bao { $ring } m², nhưng giấy ghi { $total } m².

register-no-theme = Dịch vụ chưa có sổ đăng ký ràng buộc nào; chưa tra cứu được gì.
register-hit = { $theme_vi }: { $count } mục về thửa này.
register-line-possible = { $label }: vẽ trên { $area } m² của thửa đất, từ { $low } đến { $high } m² theo độ chính xác của hai bản đồ; có thể nằm bên cạnh thửa.
register-line = { $title_vi } ({ $code }): { $label }
register-stray = { $theme_vi }: { $count } mục không ghi thửa và không có hình; có thể liên quan đến thửa này.

notes-none = Chưa nhập nội dung thay đổi nào; không có nghĩa là giấy không ghi gì.
notes-free = { $count } nội dung thay đổi; không nội dung nào còn để ngỏ thế chấp, ngăn chặn, tranh chấp hay kê biên.
notes-open = Nội dung thay đổi còn để ngỏ { $count } việc.
notes-line = { $kind ->
    [mortgage] Thế chấp
    [block] Ngăn chặn
    [dispute] Tranh chấp
    [enforcement] Kê biên, thi hành án
   *[other] { $kind }
} ({ $date }): “{ $text }”

pending-none = Không có hồ sơ nào khác đang mở về thửa này.
pending-found = Có { $count } hồ sơ khác đang mở về thửa này.

# Điều khách hàng được yêu cầu, và vì sao.
asked-missing = Xin gửi: { paper-kind }.
asked-unreadable = Xin gửi lại bản đọc rõ được: { paper-kind }.
asked-expired = Xin gia hạn hoặc thay: { paper-kind }.
asked-contradicts = Xin xem lại, nội dung không khớp: { paper-kind }.
asked-boundary = Ranh giới thửa đất phải được đo.
asked-why-agency = Cơ quan nhà nước yêu cầu.
asked-why-expiry = Hết hạn ngày { $date }, trước khi dùng đến.
asked-why-draft = Còn thiếu các mục: { $fields }.
paper-field = { $field ->
    [number] số
    [name] họ tên
    [birth_date] ngày sinh
    [sex] giới tính
    [principal] người uỷ quyền
    [agent] người được uỷ quyền
    [scope] phạm vi uỷ quyền
    [signed_on] ngày ký
    [notary] tổ chức công chứng
    [husband] chồng
    [wife] vợ
    [registered_on] ngày đăng ký
    [issued_on] ngày cấp
    [issued_by] cơ quan cấp
    [amount_vnd] số tiền
    [parcel] thửa đất
    [commune_code] xã, phường
    [sheet] số tờ
    [zones] các vùng quy hoạch
    [title] tên giấy tờ
    [serial] số phát hành
    [holders] người đứng tên
    [area_m2] diện tích
    [purposes] mục đích sử dụng
    [term] thời hạn
   *[other] { $field }
}
