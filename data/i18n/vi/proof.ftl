proof-title = Kiểm tra kết quả xác minh
proof-valid = HỢP LỆ: kết quả này do văn phòng lập và chưa bị sửa đổi.
proof-superseded = Lưu ý: hồ sơ này đã có kết quả xác minh khác, mới hơn.
proof-unknown = KHÔNG CÓ trong sổ: văn phòng không lập kết quả hồ sơ nào có mã này. Kết luận của đợt xác minh nhiều thửa không tra ở đây: mỗi kết luận được chứng minh bằng tệp riêng (diaba check-report).
proof-forged = KHÔNG HỢP LỆ: nội dung trong sổ không đúng với nội dung đã ký: { $part }. Trang này chỉ nêu những gì chính bản ghi nói.
proof-unsigned = Có trong sổ nhưng CHƯA ĐƯỢC KÝ (lập trước khi có chữ ký số, hoặc chữ ký đã bị gỡ).
proof-stolen = CHỚ TIN CẬY: khoá { $key } có thể đã lọt vào tay người khác từ { $since } ({ $reason }), và không có mốc nào của chuỗi băm từ trước đó bao gồm chữ ký này.
proof-erased = Văn phòng ĐÃ LẬP VÀ KÝ kết quả này; nội dung đã được xoá khi hết thời hạn lưu giữ.
proof-digest = Mã SHA-256: { $digest }
proof-as-of = Ngày xác minh: { $date }
proof-outcome = Kết luận: { $outcome }
proof-procedure = Thủ tục: { procedure-name }
proof-findings = Số kết luận từng loại: { $counts }
proof-beside = Ý kiến đã ghi về các kết luận này, tính đến nay: { $confirm } xác nhận, { $correct } sửa, { $reject } bác bỏ. Hãy hỏi văn phòng trước khi dựa vào kết luận bị sửa hoặc bác bỏ.
proof-pages = Trang này nói về bản ghi xác minh. Muốn biết các trang của báo cáo có còn nguyên vẹn hay không thì chỉ có cách kiểm tra chính tệp: diaba check-report TỆP, với khoá công khai của văn phòng (/check/keys.json).
proof-key = Khoá ký: { $key }
proof-record-whole = Hồ sơ xác minh nguyên vẹn: mã SHA-256, chữ ký, bộ quy tắc và bộ chuyên đề đều khớp.
proof-key-given = Đã đối chiếu với khoá công khai được đưa vào.
proof-key-own = CHƯA TIN CẬY: chỉ đối chiếu với khoá nằm trong chính tệp. Hãy dùng --key với khoá do văn phòng công bố.
proof-key-needed = Cần khoá công khai của văn phòng: dùng --key TỆP.pem.
proof-doubt = NGHI NGỜ: { $doubt }
proof-file-sealed = Tệp nguyên vẹn: chữ ký phủ toàn bộ { $bytes } byte của tệp, trừ chính dòng chữ ký.
proof-file-changed = TỆP ĐÃ BỊ SỬA sau khi ký; phần bản ghi kèm trong tệp vẫn nguyên vẹn: các trang hoặc phần khác đã bị thay đổi.
proof-none-carried = Tệp không kèm bản ghi xác minh: đây là giấy tờ khác của văn phòng (ví dụ biên bản bàn giao), hoặc báo cáo lập từ khi bản ghi chưa được kèm theo. Chỉ chứng minh được rằng văn phòng đã phát hành đúng tệp này, không chứng minh nội dung của nó.
proof-keys-differ = Bản ghi được ký bằng khoá { $record }, tệp bằng khoá { $file } (khoá đã được thay giữa hai lần ký).
proof-verdict = Đây là kết luận của đợt xác minh { $run } về một thửa, ký chung với { $beside } thửa khác.
proof-root = SHA-256 trên mọi kết luận của đợt, như ghi trong chuỗi của văn phòng: { $root }
proof-no-root = Đợt xác minh chưa xong khi lập chứng cứ này: chưa có SHA-256 trên toàn đợt.
doubt-not-a-key = không phải khoá công khai.
doubt-other-key = được ký bằng khoá { $signed }, còn khoá đang có là { $held }.
doubt-revoked = khoá { $key } có thể đã lọt vào tay người khác từ { $since } ({ $reason }); riêng chữ ký không chứng minh được gì. Hãy hỏi trang /check/ của văn phòng xem kết quả đã có trong chuỗi trước đó chưa
doubt-forged = chữ ký không khớp, đã có thay đổi trong: { $what ->
    [file] tệp
    [verification] bản ghi xác minh
    [opinions] danh sách ý kiến: có ý kiến bị bỏ ra, thêm vào hoặc đổi chỗ
    [head] mốc của chuỗi băm
   *[other] { $what }
}.
doubt-form = không phải bằng chứng của Diaba: { $why }
doubt-hash = { $what ->
    [record] bản ghi xác minh
    [rule-set] bộ quy tắc
    [theme-set] bộ chuyên đề
   *[other] { $what }
} đã bị thay đổi: mã băm là { $found }, bằng chứng ghi { $said }.
doubt-unsigned = tệp không có dòng chữ ký ở cuối.
proof-opinions = Kèm { $count } ý kiến của người xét, từng ý kiến đều được ký và nguyên vẹn.
proof-opinions-all = Đây là toàn bộ ý kiến tại lúc lập bằng chứng (danh sách đã được ký).
proof-opinions-open = CHƯA CHỨNG MINH được đây là toàn bộ ý kiến: danh sách chưa được ký.
proof-file-title = Kiểm tra tệp
proof-file-which = Báo cáo (PDF) hoặc bằng chứng (JSON) đúng như đã nhận, tối đa 8 MiB:
proof-file-send = Kiểm tra
proof-file-kept = Tệp chỉ được đọc trong bộ nhớ: không lưu lại và không ghi nội dung nào vào nhật ký.
proof-file-alone = Câu trả lời của trang này dựa vào máy chủ này. Muốn có chứng minh không dựa vào máy chủ, hãy kiểm tra trên máy của mình, không cần mạng và không cần văn phòng: diaba check-report TỆP --key office.pem, với khoá công khai của văn phòng đã được đối chiếu với khoá nhận qua đường khác.
proof-file-keys = Các khoá công khai của văn phòng
proof-file-proved = ĐÃ CHỨNG MINH, trong chừng mực máy chủ này đáng tin: tệp do văn phòng lập và không có gì bị sửa đổi.
proof-file-doubt = CHƯA CHỨNG MINH được: chớ dựa vào tệp này trước khi hỏi văn phòng.
proof-file-now = Văn phòng hiện nói gì về bản ghi này (kết quả mới hơn, ý kiến, khoá bị lộ)
proof-file-server = Máy chủ này đã đọc tệp và đối chiếu với các khoá do chính nó công bố.
proof-file-none = Chưa nhận được tệp: hãy chọn tệp rồi gửi lại.
proof-file-large = Tệp lớn hơn 8 MiB; hãy dùng dòng lệnh: diaba check-report TỆP --key office.pem
proof-file-here = Kiểm tra chính tệp
proof-key-published = Đã đối chiếu với các khoá công khai do máy chủ này công bố.
