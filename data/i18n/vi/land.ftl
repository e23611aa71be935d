# Kết luận về đất: parcel.*, planning.*, split.*. Diện tích tính bằng m², chiều dài tính bằng m.

## Dùng chung
land-no-parcel = Chưa xác định được thửa đất nên không có gì để đo.
land-map-stale = Bản đồ địa chính ngày { $date } đã quá { $days } ngày (giới hạn của dịch vụ, không phải của pháp luật): thửa đất nay có thể đã được vẽ khác.
# said by records of before November 2026
boundary-stale = Bản đồ địa chính ngày { $date } đã quá { $days } ngày (giới hạn của dịch vụ, không phải của pháp luật): ranh giới có thể đã khác.
land-no-map = Thửa đất chưa có ranh giới trên bản đồ nên không có gì để đo.
land-bad-boundary = Ranh giới thửa trên bản đồ không hợp lệ nên chưa đo được.
rule-missing = Không có quy tắc "{ $rule }" đang có hiệu lực tại nơi và ngày này; cần người có thẩm quyền xem xét.
rule-secondary = Nguồn chỉ được thấy qua tài liệu thứ cấp: { $citation }
rule-unverified = Nguồn chưa được xác nhận: { $citation }

flaw-empty = Phần { $part }: ranh giới rỗng.
flaw-non-finite = Phần { $part }: có toạ độ không phải là số.
flaw-unclosed = Phần { $part }: đường ranh không khép kín (X { $north }, Y { $east }).
flaw-too-few-points = Phần { $part }: đường ranh có ít hơn ba đỉnh (X { $north }, Y { $east }).
flaw-zero-area = Phần { $part }: đường ranh không bao lấy diện tích nào (X { $north }, Y { $east }).
flaw-self-crossing = Phần { $part }: ranh giới tự cắt tại X { $north }, Y { $east }.
flaw-self-touching = Phần { $part }: ranh giới tự chạm tại X { $north }, Y { $east }.
flaw-rings-overlap = Phần { $part }: các đường ranh chồng nhau hoặc lỗ nằm ngoài (X { $north }, Y { $east }).
flaw-repeated-point = Phần { $part }: một đỉnh lặp lại tại X { $north }, Y { $east }.

## parcel.reference
reference-found = Tờ { $sheet }, thửa { $number }, { $commune } ứng với đúng một thửa hiện nay.
reference-ambiguous = Tờ { $sheet }, thửa { $number }, { $commune } có thể là { $count } thửa; cần người chọn.
reference-other-parcel = Giấy tờ nay ghi thửa khác với thửa của hồ sơ này: tờ { $sheet }, thửa { $number }, { $commune }. Cần người chọn.
reference-unknown = Không tìm thấy tờ { $sheet }, thửa { $number }, { $commune }.
reference-not-given = Giấy tờ không nêu thửa đất.
reference-candidate = Có thể là: xã { $commune }, tờ { $sheet }, thửa { $number } (vùng { $zone }). { $reasons }
resolve-exact = Trùng cả xã, tờ và thửa.
resolve-commune-merged = Xã trên giấy tờ nay thuộc xã này.
resolve-alias = Thửa này từng mang số tờ, số thửa đó.
resolve-area-fits = Diện tích phù hợp với giấy tờ.
resolve-area-differs = Diện tích khác với giấy tờ.

## parcel.register_map
register-and-map = Tờ { $sheet }, thửa { $number } có trong sổ đăng ký và trên bản đồ.
register-without-map = Tờ { $sheet }, thửa { $number } có trong sổ đăng ký nhưng không có trên bản đồ.
map-without-register = Tờ { $sheet }, thửa { $number } có trên bản đồ nhưng không có trong sổ đăng ký.
register-not-asked = Không có sổ đăng ký để đối chiếu tờ { $sheet }, thửa { $number }.
register-silent = Sổ đăng ký không trả lời về tờ { $sheet }, thửa { $number }.

## parcel.area
area-paper-none = Giấy chứng nhận không ghi diện tích.
area-paper-zero = Giấy chứng nhận ghi { $stated } m²; bản đồ đo được { $map } m².
area-paper-rounding = Giấy chứng nhận ghi { $stated } m², bản đồ đo được { $map } m²: bằng nhau, chỉ khác do làm tròn.
area-paper-within = Giấy chứng nhận ghi { $stated } m², bản đồ đo được { $map } m²: chênh lệch { $difference } m² nằm trong hạn sai { $allowed } m² của bản đồ { $scale }.
area-paper-differs = Giấy chứng nhận ghi { $stated } m², bản đồ đo được { $map } m²: chênh lệch { $difference } m² vượt hạn sai { $allowed } m² của bản đồ { $scale }; cần đo lại hoặc giải trình ranh giới.
area-paper-no-scale = Giấy chứng nhận ghi { $stated } m², bản đồ đo được { $map } m²; chưa rõ tỷ lệ bản đồ nên không đánh giá được chênh lệch { $difference } m².
area-registered-none = Chưa có diện tích đăng ký.
area-registered-zero = Diện tích đăng ký là { $stated } m²; bản đồ đo được { $map } m².
area-registered-rounding = Diện tích đăng ký { $stated } m², bản đồ đo được { $map } m²: bằng nhau, chỉ khác do làm tròn.
area-registered-within = Diện tích đăng ký { $stated } m², bản đồ đo được { $map } m²: chênh lệch { $difference } m² nằm trong hạn sai { $allowed } m² của bản đồ { $scale }.
area-registered-differs = Diện tích đăng ký { $stated } m², bản đồ đo được { $map } m²: chênh lệch { $difference } m² vượt hạn sai { $allowed } m² của bản đồ { $scale }.
area-registered-no-scale = Diện tích đăng ký { $stated } m², bản đồ đo được { $map } m²; chưa rõ tỷ lệ bản đồ nên không đánh giá được chênh lệch { $difference } m².

## parcel.land_use
use-agrees = Mục đích sử dụng khớp: trên giấy { $paper }, trên bản đồ { $map }.
use-agrees-by-group = Mục đích sử dụng khớp theo nhóm: trên giấy { $paper }, trên bản đồ { $map }.
use-differs = Mục đích sử dụng khác nhau: trên giấy { $paper }, trên bản đồ { $map }.
use-only-on-paper = Chỉ có trên giấy: { $code }
use-only-on-map = Chỉ có trên bản đồ: { $code }
use-none-on-paper = Giấy chứng nhận không ghi mục đích sử dụng; bản đồ ghi { $map }.
use-none-on-map = Bản đồ không ghi loại đất; giấy chứng nhận ghi { $paper }.

## parcel.vertices
vertices-none = Giấy chứng nhận không có bảng toạ độ đỉnh thửa.
vertices-too-few = Bảng toạ độ trên giấy chứng nhận có quá ít đỉnh để so sánh.
vertices-no-scale = Chưa rõ tỷ lệ bản đồ nên không đánh giá được độ lệch của đỉnh thửa.
vertices-no-limit = Chưa có hạn sai cho bản đồ { $scale }.
vertices-agree = Bảng toạ độ khớp với bản đồ: lệch lớn nhất { $largest } m (đỉnh { $vertex }), cho phép { $allowed } m.
vertices-differ = Bảng toạ độ khác bản đồ: lệch lớn nhất { $largest } m (đỉnh { $vertex }), cho phép { $allowed } m.
vertices-shifted = Bảng toạ độ cùng hình dạng nhưng lệch { $shift_north } m về bắc và { $shift_east } m về đông: có thể khác hệ toạ độ.
vertices-swapped = Bảng toạ độ chỉ khớp khi đổi chỗ X và Y; khi đó lệch lớn nhất { $largest } m.
vertices-count-differs = Bảng có { $paper_count } đỉnh, bản đồ có { $map_count } đỉnh; lệch lớn nhất { $largest } m, cho phép { $allowed } m.
vertices-other-reading = Bảng toạ độ như đã ghi lệch bản đồ đến { $largest } m (cho phép { $allowed } m), nhưng khớp nếu hiểu là { $definition }: khi đó lệch lớn nhất { $residual } m. Chưa có gì được chuyển đổi; cần người xác định.
reading-zone = Hiểu là kinh tuyến trục khác ({ $definition }): lệch { $residual } m.
reading-utm = Hiểu là lưới UTM ({ $definition }): lệch { $residual } m.
reading-wgs84 = Hiểu là độ kinh vĩ WGS 84 ({ $definition }): lệch { $residual } m.
reading-vn2000 = Hiểu là độ kinh vĩ VN-2000 ({ $definition }): lệch { $residual } m.
reading-swapped = Hiểu là X và Y đổi chỗ ({ $definition }): lệch { $residual } m.
reading-scale = Hiểu là hệ số tỷ lệ 0,9996 ({ $definition }): lệch { $residual } m.
reading-no-shift = Hiểu là chưa tính chuyển hệ quy chiếu WGS 84 – VN-2000, "VN-2000 nội bộ" ({ $definition }): lệch { $residual } m.
reading-operation = Hiểu là tính chuyển bằng tham số khác tham số quốc gia ({ $definition }): lệch { $residual } m.
reading-separator = Hiểu là dấu phân cách hàng nghìn hoặc thập phân ghi nhầm ({ $definition }): lệch { $residual } m.
vertex-residual = Đỉnh { $vertex } (X { $north }, Y { $east }): lệch { $residual } m.
edge-difference = Cạnh { $from }–{ $to }: trên giấy { $paper } m, trên bản đồ { $map } m, chênh { $difference } m.

## parcel.boundary
boundary-valid = Ranh giới hợp lệ; thửa đất rộng { $area } m².
boundary-invalid = Ranh giới trên bản đồ không hợp lệ: { $count } lỗi.
boundary-sliver = Thửa đất chỉ rộng { $area } m², dưới { $allowed } m²: có thể là mảnh thừa khi vẽ.
boundary-parts = Thửa đất gồm { $count } phần tách rời.

## parcel.neighbours
neighbours-clear = Không chồng, không hở quá hạn sai với { $count } thửa liền kề.
neighbours-hit = Phần chồng và hở với các thửa liền kề là { $area } m².
neighbours-failed = Không đọc được các thửa liền kề: { $reason }
neighbours-truncated = Có hơn { $count } thửa liền kề: chưa đọc hết.
neighbours-invalid = Một thửa liền kề có ranh giới không hợp lệ nên chưa so sánh được.
neighbour-invalid = Tờ { $sheet }, thửa { $number }: ranh giới không hợp lệ.
neighbour-overlap = Tờ { $sheet }, thửa { $number }: chồng { $area } m².
neighbour-gap = Khe hở { $area } m² cạnh thửa đất.

## parcel.commune
commune-no-theme = Chưa có bản đồ địa giới hành chính cấp xã.
commune-within = Thửa đất nằm trong địa giới xã { $commune }.
commune-outside = { $area } m² của thửa đất nằm ngoài địa giới xã { $commune } (cho phép { $allowed } m²).
commune-other = { $area } m² nằm trong xã { $commune }.

## parcel.access
access-no-theme = Chưa có bản đồ đường, lối đi.
access-found = { $theme_vi }: { $length } m ranh giới tiếp giáp đường hoặc lối đi (trong { $near } m).
access-none = { $theme_vi }: không có đường hay lối đi trong phạm vi { $near } m quanh thửa đất.

## Các chuyên đề
theme-clear = { $theme_vi }: không có gì trên thửa đất.
theme-hit = { $theme_vi }: { $area } m², bằng { $percent } % thửa đất.
theme-hit-line = { $theme_vi }: có tuyến đi qua thửa đất dài { $length } m.
theme-no-layer = { $theme_vi }: chưa có lớp bản đồ được công bố nên chưa kiểm tra được.
theme-outside = { $theme_vi }: các lớp bản đồ không phủ tới thửa đất.
theme-partly = { $theme_vi }: { $area } m² của thửa đất chưa được lớp bản đồ nào phủ.
theme-stale = { $theme_vi }: nguồn ngày { $date } đã quá { $days } ngày nên không còn chứng minh được là không có gì.
theme-failed = { $theme_vi }: chưa đọc được hết nên không kết luận là không có.
theme-incomplete = { $theme_vi }: có dòng của nguồn không đưa vào được nên không kết luận là không có.
theme-rows-aside = Lớp { $layer } phiên bản { $number }: trong { $count } dòng bị loại khi nạp có dòng nằm tại đây; các dòng này không có trên bản đồ (diaba layer show).
theme-rows-lost = Lớp { $layer } phiên bản { $number }: { $count } dòng bị loại khi nạp không rõ nằm ở đâu; các dòng này không có trên bản đồ (diaba layer show).
theme-query-failed = Không đọc được lớp { $layer }: { $reason }
theme-query-truncated = Lớp { $layer } có hơn { $count } đối tượng tại đây; chưa đọc hết.
theme-broken-feature = Đối tượng có toạ độ không hợp lệ, chưa đo: { $features }
theme-width-unknown = Tuyến hoặc điểm không ghi bề rộng hành lang: { $features }
theme-extent-unknown = Điểm nằm trên thửa đất, hoặc trong độ chính xác của ranh thửa, không ghi phạm vi chiếm đất: { $features }
theme-repaired = Đối tượng có ranh tự cắt, đã sửa trước khi đo: { $features }
theme-code-area = { $code } ({ $title_vi }): { $area } m², { $percent } %; từ { $low } đến { $high } m² theo độ chính xác của hai bản đồ.
theme-code-line = { $code } ({ $title_vi }): { $length } m.
theme-sliver = { $code }: chỉ { $area } m², mảnh vụn do vẽ.
theme-touch = { $code }: chỉ chạm ranh giới.
theme-near = { $code }: cách thửa đất { $distance } m; có thể tới { $high } m² trong độ chính xác của hai bản đồ.

## planning.road_corridor
corridor-remains = Thửa đất còn lại { $area } m²; từ { $low } đến { $high } m² theo độ chính xác của hai bản đồ.

## planning.composition
zone-use-fits = { $theme_vi }: mục đích hiện nay ({ $use }) phù hợp với quy hoạch.
zone-wish-fits = { $theme_vi }: mục đích mong muốn ({ $use }) phù hợp với quy hoạch.
zone-use-misfit = { $theme_vi }: mục đích hiện nay ({ $use }) không phù hợp trên { $area } m² ({ $percent } %).
zone-wish-misfit = { $theme_vi }: mục đích mong muốn ({ $use }) không phù hợp trên { $area } m² ({ $percent } %).
zone-use-unknown = { $theme_vi }: chưa rõ mục đích sử dụng nên không đánh giá được { $area } m².
zone-informs = { $theme_vi }: để tham khảo, bản đồ không quy định mục đích.
zone-none = Không thuộc khu quy hoạch nào: { $area } m², { $percent } %.
zone-hole = { $theme_vi }: quy hoạch không ghi mục đích sử dụng cho { $area } m² của thửa đất.
zone-doubled = Nằm trong nhiều khu quy hoạch: { $area } m², { $percent } %, đã tính lại ở mỗi khu chồng thêm; tổng tỷ lệ trừ phần này bằng 100 %.
zone-lines = Có tuyến không có diện tích đi qua thửa đất dài { $length } m; không xác định được mục đích quy hoạch.
zone-code-unknown = Khu { $code } không có trong danh mục mã.

## split.minimum
split-part-fits = { $area } m² cho { $use } (đã trừ { $lost } m² chỉ giới đường); tối thiểu { $most } m².
split-part-between = { $area } m² cho { $use } (đã trừ { $lost } m² chỉ giới đường); diện tích hoặc cạnh chỉ đủ ở một số nơi trong tỉnh (diện tích từ { $least } đến { $most } m²).
split-part-small = { $area } m² cho { $use } (đã trừ { $lost } m² chỉ giới đường): diện tích hoặc một cạnh dưới mức tối thiểu (diện tích { $least } m²).
split-count-fits = { $parts } phần, mỗi phần khoảng { $area } m², từ { $net } m² cho { $use }; tối thiểu { $most } m².
split-count-between = { $parts } phần, mỗi phần khoảng { $area } m², từ { $net } m² cho { $use }: chỉ đủ ở một số nơi trong tỉnh ({ $least } đến { $most } m²).
split-count-small = { $parts } phần, mỗi phần khoảng { $area } m², từ { $net } m² cho { $use }: dưới { $least } m².
split-width = Chiều rộng { $side } m; tối thiểu { $least } đến { $most } m.
split-depth = Chiều sâu { $side } m; tối thiểu { $least } đến { $most } m.
split-range = Trong độ chính xác của các bản đồ, diện tích từ { $low } đến { $high } m².
split-needs-drawing = Chỉ đánh giá được chiều rộng và chiều sâu khi các phần đã được vẽ.
split-bad-drawing = Bản vẽ của phần tách không phải là một vùng hợp lệ.
split-use-unknown = Chưa rõ mục đích sử dụng nên không nêu được mức tối thiểu.
split-no-value = Quyết định của tỉnh được biết ở đây không nêu mức tối thiểu cho { $use }.
split-whole = Các phần vẽ hợp thành cả thửa đất (chênh { $area } m²).
split-not-whole = Các phần vẽ khác với thửa đất { $area } m² (cho phép { $allowed } m²).
split-no-corridor = Chưa có bản đồ chỉ giới đường đỏ nên chưa trừ được phần đất nằm trong chỉ giới.
