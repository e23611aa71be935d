# Ý kiến của người xét bên cạnh kết luận của máy.
opinion-head = Ý KIẾN { $stance ->
    [confirm] XÁC NHẬN
    [correct] SỬA LẠI
   *[reject] BÁC BỎ
} ({ $by }, { $date })
opinion-corrected = Kết luận đúng phải là: { $verdict }; đo được { $measured }
opinion-reason = Lý do: { $reason }
opinion-paper = Căn cứ: giấy tờ { $paper }, phiên bản { $version }
opinion-reference = Căn cứ: { $text }
opinion-carried = Mang sang từ lần xác minh trước: mọi căn cứ của kết luận này vẫn như cũ.
opinion-lapsed = KHÔNG CÒN HIỆU LỰC, cần xét lại: { $why }.
opinion-changed-parcel = thửa đất trên bản đồ đã thay đổi
opinion-changed-case = thủ tục hoặc yêu cầu của hồ sơ đã thay đổi
opinion-changed-rule = quy tắc { $rule } đã thay đổi
opinion-changed-layer = lớp bản đồ { $layer } đã thay đổi
opinion-changed-neighbours = các thửa liền kề đã thay đổi
opinion-changed-paper = giấy tờ { $paper } đã thay đổi
opinion-changed-said = kết luận nay đã khác
opinion-changed-gone = nay không còn kết luận này
opinion-orphans = Ý kiến về kết luận không còn
