# Báo cáo xác minh: tiêu đề, kết luận, tên các kiểm tra.
report-title = BÁO CÁO XÁC MINH ĐẤT ĐAI
report-case = Hồ sơ { $number } · thủ tục { procedure-name }
procedure-name = { $procedure ->
    [transfer] chuyển nhượng
    [gift] tặng cho
    [inheritance] thừa kế
    [split] tách thửa
    [merge] hợp thửa
    [change_of_use] chuyển mục đích sử dụng đất
    [first_certificate] cấp giấy chứng nhận lần đầu
    [reissue] cấp lại giấy chứng nhận bị mất
    [exchange] cấp đổi giấy chứng nhận
    [correction] đính chính giấy chứng nhận
    [mortgage] đăng ký thế chấp
    [mortgage_release] xoá đăng ký thế chấp
    [inquiry] tra cứu, không có hồ sơ
   *[other] { $procedure }
}
report-parcel = Thửa số { $number }, tờ bản đồ số { $sheet }, đơn vị hành chính cấp xã { $commune }
report-no-parcel = Chưa xác định được thửa đất
report-as-of = Tính đến ngày { $date }
report-allowed = giới hạn { $value }
report-area = diện tích từ { $low } đến { $high } m² (danh nghĩa { $nominal })
report-layer = { $layer } phiên bản { $version } ({ $source }, { $date })
report-sources = Nguồn: { $sources }
report-rule = Quy tắc: { $id } phiên bản { $version }: { $citation } [{ $standing }]
report-engine = Xét bởi { $engine }
report-digest = SHA-256 { $digest }

outcome-can-proceed = CÓ THỂ TIẾP TỤC: mọi nội dung bắt buộc đã được kiểm tra, không có trở ngại.
outcome-needs-papers = CẦN BỔ SUNG GIẤY TỜ: hồ sơ tiếp tục được khi có đủ giấy tờ nêu dưới đây.
outcome-needs-person = CẦN NGƯỜI XEM XÉT: phải có người quyết định những điểm dưới đây, hoặc xem những điểm chưa chứng minh được.
outcome-blocked = BỊ CHẶN: có hạn chế không cho phép thực hiện hồ sơ này.

verdict-hit = vướng
verdict-clear = không vướng
verdict-partly-covered = phủ một phần
verdict-not-covered = không có dữ liệu
verdict-stale-source = nguồn quá cũ
verdict-failed = không xét được
verdict-not-applicable = không áp dụng

certainty-certain = phần chồng lấn: chắc chắn, trong độ chính xác của hai bản đồ
certainty-possible = phần chồng lấn: có thể, trong độ chính xác của hai bản đồ
certainty-none = phần chồng lấn: không có, trong độ chính xác của hai bản đồ
missing-area = Thiếu từ { $low } đến { $high } m² (danh nghĩa { $nominal })
missing-certain = phần thiếu: chắc chắn, trong độ chính xác của các bản đồ
missing-possible = phần thiếu: có thể, trong độ chính xác của các bản đồ
missing-none = phần thiếu: không có, trong độ chính xác của các bản đồ

standing-verified = đã đối chiếu
standing-secondary = chỉ thấy ở nguồn thứ cấp
standing-unverified = chưa đối chiếu
standing-house = ngưỡng của dịch vụ

group-papers = GIẤY TỜ
group-parcel = THỬA ĐẤT
group-planning = QUY HOẠCH VÀ HẠN CHẾ
group-encumbrances = RÀNG BUỘC, NGĂN CHẶN
group-engine = BẢN THÂN VIỆC XÁC MINH

unit-square-metre = { $n } m²
unit-metre = { $n } m
unit-percent = { $n } %
unit-day = { $n } ngày
unit-pixel = { $n } px

part-purposes = mục đích sử dụng
part-edges = chiều dài cạnh
part-ring = diện tích và toạ độ

engine-not-finite = Một kiểm tra cho ra giá trị không phải là số; không dùng kết quả nào của nó.
engine-theme-unjudged = Lớp chuyên đề này là bắt buộc nhưng chưa có kiểm tra nào xét đến.
engine-theme-strange = Định nghĩa chuyên đề đã dùng không phải là định nghĩa được ghim trong hồ sơ xác minh.
engine-finding-repeated = Một kiểm tra kết luận hai lần về cùng một đối tượng; cần người xem cả hai.

check-engine-required = Chuyên đề bắt buộc
check-engine-theme-set = Bộ chuyên đề
check-engine-unique = Kết luận không trùng
check-paper-required-set = Thành phần hồ sơ
check-paper-serial = Số phát hành và ngày cấp
check-paper-same-certificate = Giấy chứng nhận ở hồ sơ khác
check-paper-holder-identity = Nhận diện người đứng tên
check-paper-cccd = Căn cước
check-paper-joint-ownership = Sở hữu chung
check-paper-power-of-attorney = Uỷ quyền
check-paper-term = Thời hạn sử dụng đất
check-paper-scan = Bản quét
check-paper-consistency = Giấy chứng nhận tự khớp
check-parcel-reference = Tra cứu thửa đất
check-parcel-register-map = Sổ và bản đồ
check-parcel-area = Diện tích giấy và bản đồ
check-parcel-land-use = Mục đích sử dụng đất
check-parcel-vertices = Bảng toạ độ và bản đồ
check-parcel-boundary = Ranh giới hợp lệ
check-parcel-neighbours = Thửa liền kề
check-parcel-commune = Nằm trong địa bàn xã
check-parcel-access = Lối đi
check-planning-composition = Quy hoạch sử dụng
check-planning-road-corridor = Lộ giới
check-planning-protection = Hành lang bảo vệ
check-planning-recovery = Thu hồi đất
check-planning-reserved = Đất rừng, đất lúa
check-planning-hazard = Thiên tai
check-planning-restriction = Hạn chế khác
check-split-minimum = Điều kiện tách thửa
check-encumbrance-register = Sổ đăng ký ràng buộc
check-encumbrance-paper-notes = Nội dung ghi trên giấy
check-encumbrance-other-cases = Biến động ở hồ sơ khác
