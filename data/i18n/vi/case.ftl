# Dòng thời gian của hồ sơ. `event-<kind>`: việc đã xảy ra; `.why`: vì sao; `.next`: việc tiếp theo. Nhân viên và khách hàng
# cùng đọc, nên ở đây chỉ nêu những gì `domain/case/audience.rs` cho khách hàng xem.
step-intake = Tiếp nhận
step-verification = Xác minh
step-advice = Tư vấn
step-quotation = Báo giá
step-contract = Hợp đồng
step-execution = Thực hiện
step-review = Rà soát
step-hand_over = Bàn giao
step-after_care = Chăm sóc sau bàn giao
step-closed = Đã đóng
step-withdrawn = Khách hàng rút
step-refused = Từ chối
turn-ours = Đến lượt chúng tôi.
turn-customer = Đến lượt quý khách.
turn-authority = Cơ quan nhà nước đang giải quyết.
turn-nobody = Không còn việc phải làm.
now-intake-ours = Chúng tôi ghi nhận nhu cầu của quý khách.
now-intake-customer = Xin quý khách gửi những gì chúng tôi đã yêu cầu.
now-verification-ours = Chúng tôi kiểm tra giấy tờ và thửa đất.
now-verification-customer = Xin quý khách gửi giấy tờ theo danh sách.
now-advice-ours = Bộ phận pháp lý soạn các phương án cho quý khách.
now-advice-customer = Xin quý khách gửi giấy tờ theo danh sách.
now-quotation-ours = Chúng tôi soạn hợp đồng.
now-quotation-customer = Xin quý khách trả lời báo giá.
now-contract-ours = Chúng tôi ký hợp đồng.
now-contract-customer = Xin quý khách ký hợp đồng.
now-execution-ours = Chúng tôi đang thực hiện.
now-execution-customer = Xin quý khách gửi giấy tờ theo danh sách.
now-execution-back = Cơ quan từ chối, hoặc hồ sơ được rút về: chúng tôi tìm hiểu lý do và trao đổi với quý khách cách làm tiếp.
now-execution-authority = Chúng tôi chờ kết quả của cơ quan nhà nước.
now-review-ours = Người thứ hai đang rà soát toàn bộ.
now-review-customer = Xin quý khách gửi giấy tờ theo danh sách.
now-hand_over-ours = Chúng tôi chuẩn bị kết quả để bàn giao.
now-hand_over-customer = Xin quý khách nhận kết quả.
now-after_care-ours = Quý khách đã nhận kết quả; chúng tôi hỗ trợ về thuế, phí và giải đáp thắc mắc.
now-after_care-customer = Xin quý khách gửi giấy tờ theo danh sách.
now-ended = Hồ sơ đã kết thúc.
who-customer = Quý khách
who-authority = Cơ quan nhà nước
who-firm = Chúng tôi
who-system = Hệ thống

event-opened = Đã mở hồ sơ: { $procedures }.
    .next = Chúng tôi ghi nhận nhu cầu, kiểm tra giấy tờ và thửa đất.
event-customer_linked = Đã gắn hồ sơ với khách hàng.
event-consent_given = Đã đồng ý: { $what }.
    .next = { $code ->
        [parcel_watch] Việc theo dõi tự bắt đầu khi đã bàn giao kết quả và đã xác định được thửa đất.
       *[other] { "" }
    }
event-consent_withdrawn = Đã rút lại đồng ý: { $what }.
event-account_invited = Đã mời quý khách theo dõi hồ sơ trực tuyến.
    .next = Quý khách xem hồ sơ bằng mã chúng tôi cung cấp.
event-intake_saved = Đã lưu những gì quý khách cung cấp.
    .why = Còn thiếu: { $missing }.
    .next = Quý khách tiếp tục lúc nào cũng được, không phải khai lại.
event-intake_completed = Đã đủ thông tin để bắt đầu.
    .next = Chúng tôi kiểm tra giấy tờ và thửa đất.
event-party_added = Đã thêm một người vào hồ sơ.
event-paper_added = Đã nhận giấy tờ: { paper-kind }.
event-parcel_bound = Hồ sơ được xác định là về thửa đất { $name }.
    .next = Từ nay việc kiểm tra dựa trên thửa đất này.
event-verification_requested = Việc kiểm tra giấy tờ và thửa đất đã được xếp hàng.
event-verified = Đã kiểm tra giấy tờ và thửa đất: { $outcome ->
    [can_proceed] không có gì cản trở.
    [needs_papers] còn thiếu giấy tờ.
    [needs_person] chuyên viên cần xem xét một số điểm.
   *[blocked] có điều cản trở.
}
    .why = Mọi bước sau đều dựa trên lần kiểm tra này.
    .next = { $outcome ->
    [can_proceed] Bộ phận pháp lý soạn các phương án cho quý khách.
    [needs_papers] Quý khách sẽ nhận một danh sách đầy đủ giấy tờ cần có.
    [needs_person] Chuyên viên quyết định về các điểm còn mở.
   *[blocked] Bộ phận pháp lý giải thích có thể làm gì.
}
event-papers_requested = Đã yêu cầu giấy tờ (lần { $round }).
    .why = { $round ->
        [1] Danh sách gồm mọi giấy tờ đã biết là cần đến khi hoàn thành, để quý khách chỉ phải bổ sung một lần.
       *[other] Sau lần yêu cầu trước có điều mới; danh sách nêu lý do của từng mục.
    }
    .next = Xin quý khách gửi giấy tờ theo danh sách.
event-item_settled = { $how ->
    [met] Đã nhận đủ một mục trong danh sách.
   *[dropped] Một mục trong danh sách không còn cần nữa.
}
event-request_reminded = Đã nhắc quý khách về { $items } mục còn thiếu.
    .next = Xin quý khách gửi giấy tờ theo danh sách.
event-option_sheet_drafted = Đã soạn dự thảo các phương án.
event-option_sheet_signed = Đã có các phương án; chúng tôi đề xuất: { procedure-name }.
    .why = Bộ phận pháp lý đã so sánh các cách làm được với thửa đất này và chi phí của từng cách.
    .next = Quý khách sẽ nhận báo giá.
event-option_sheet_confirmed = Các phương án đã được kiểm tra lại và giữ nguyên.
    .why = Một quy định hoặc bản đồ mà phương án dựa vào có phiên bản mới.
event-option_sheet_outdated = Các phương án cần được xem lại.
    .why = Một quy định hoặc bản đồ mà phương án dựa vào đã thay đổi.
    .next = Bộ phận pháp lý kiểm tra lại.
event-quotation_offered = Báo giá (bản { $version }): { $total }.
    .next = Xin quý khách đồng ý hoặc từ chối.
event-quotation_accepted = Báo giá đã được chấp nhận.
    .next = Chúng tôi soạn hợp đồng.
event-quotation_refused = Báo giá bị từ chối.
    .next = Chúng tôi hỏi quý khách cần thay đổi điều gì.
event-quotation_withdrawn = Báo giá (bản { $version }) không còn hiệu lực.
    .why = Cơ sở của báo giá đã thay đổi.
    .next = Chúng tôi sẽ gửi báo giá mới.
event-quotation_expired = Báo giá đã hết hiệu lực.
    .next = Chúng tôi có thể gia hạn nếu quý khách muốn.
event-contract_drawn = Hợp đồng đã sẵn sàng.
    .next = Xin quý khách đọc và ký.
event-signing_code_made = { $signer ->
    [customer] Mã ký một lần đã được tạo, dùng được đến { $expires }.
   *[firm] Mã ký một lần của bên cung cấp dịch vụ đã sẵn sàng.
}
    .next = Xin nhập mã để ký hợp đồng.
event-signed_paper_filed = Đã lưu bản có chữ ký của chúng tôi; chờ người thứ hai xác nhận.
event-contract_signed = { $signer ->
    [customer] Quý khách đã ký hợp đồng.
   *[firm] Chúng tôi đã ký hợp đồng.
}
event-contract_concluded = Hợp đồng có hiệu lực.
    .next = Chúng tôi bắt đầu thực hiện.
event-contract_refused = Hợp đồng bị từ chối.
    .next = Chúng tôi hỏi quý khách cần thay đổi điều gì.
event-contract_expired = Hợp đồng không được ký đúng hạn.
    .next = Chúng tôi hỏi quý khách có muốn lập lại hợp đồng không.
event-payment_due = Đến hạn thanh toán đợt { $instalment }: { $amount }.
    .next = Xin quý khách thanh toán trước ngày đã nêu.
event-payment_overdue = Quá hạn thanh toán đợt { $instalment }: còn { $amount }.
    .next = Xin quý khách thanh toán sớm hoặc báo cho chúng tôi.
event-payment_received = Đã nhận thanh toán: { $amount }.
event-overpayment_received = Đã nhận số tiền nộp thừa: { $amount }.
    .next = Chúng tôi sẽ hoàn lại hoặc thoả thuận cách xử lý.
event-payment_reversed = Đã huỷ một khoản thanh toán: { $amount }.
    .next = Chúng tôi báo quý khách số tiền còn phải trả.
event-work_planned = Đã lập kế hoạch: { procedure-name }, { $tasks } nhiệm vụ.
    .next = Chúng tôi lần lượt thực hiện các nhiệm vụ.
event-task_created = Có nhiệm vụ mới: { $task_kind }.
event-task_assigned = Đã giao nhiệm vụ cho { $assignee }: { $task_kind }.
event-task_accepted = Đã nhận nhiệm vụ: { $task_kind }.
event-task_started = Bắt đầu nhiệm vụ: { $task_kind }.
event-task_paused = Tạm dừng nhiệm vụ: { $task_kind }.
event-task_handed_back = Trả lại nhiệm vụ: { $task_kind }.
    .next = Người khác trong bộ phận nhận việc này.
event-task_escalated = Đã báo { role-name } xem xét nhiệm vụ: { $task_kind }.
event-task_done = Đã xong: { $task_kind }.
event-task_cancelled = Đã huỷ nhiệm vụ: { $task_kind }.
event-appointment_made = Đã hẹn: { $starts }.
    .next = Xin quý khách đến đúng giờ và mang theo căn cước công dân.
event-appointment_moved = Lịch hẹn được dời sang { $starts }.
    .next = Xin quý khách đến đúng giờ và mang theo căn cước công dân.
event-appointment_kept = Cuộc hẹn đã diễn ra.
event-appointment_missed = Cuộc hẹn không diễn ra: { $by ->
    [customer] quý khách không đến.
    [agency] cơ quan không có người tiếp.
   *[us] chúng tôi không đến.
}
    .next = Chúng tôi hẹn lại.
event-appointment_cancelled = Cuộc hẹn { $starts } không còn: { $why ->
    [hold_over] giờ giữ chỗ chưa được xác nhận kịp.
   *[not_needed] không còn cần nữa.
}
    .next = { $why ->
        [hold_over] Chúng tôi hẹn lại.
       *[not_needed] { "" }
    }
event-submitted = Đã nộp hồ sơ: { $agency }.
    .next = Cơ quan nhà nước giải quyết.
event-agency_asked_more = Cơ quan yêu cầu bổ sung: { $agency }.
    .why = Thời hạn của cơ quan không tính cho đến khi nhận đủ.
    .next = Chúng tôi xem cần bổ sung gì.
event-agency_answered = Đã bổ sung cho cơ quan: { $agency }.
    .next = Cơ quan nhà nước giải quyết.
event-agency_decided = { $granted ->
    [yes] Cơ quan đã giải quyết theo đề nghị: { $agency }.
   *[no] Cơ quan từ chối: { $agency }.
}
    .next = { $granted ->
        [yes] Chúng tôi nhận kết quả và đối chiếu với hồ sơ.
       *[no] Chúng tôi tìm hiểu lý do và trao đổi với quý khách cách làm tiếp.
    }
event-submission_withdrawn = { $mistake ->
    [yes] Việc nộp hồ sơ tại { $agency } đã được ghi nhầm; hồ sơ không được nộp như vậy.
   *[no] Hồ sơ đã được rút khỏi { $agency }.
}
    .next = Chúng tôi lo việc nộp lại, hoặc trao đổi với quý khách cách làm tiếp.
event-field_work_returned = Kết quả thực địa đã gửi về: nhận { $applied }, mâu thuẫn { $conflicts }, cần xem lại { $tray }.
    .next = { $conflicts ->
        [0] { $tray ->
            [0] { "" }
           *[other] Bộ phận pháp lý quyết định giá trị nào đúng.
        }
       *[other] Bộ phận pháp lý quyết định giá trị nào đúng.
    }
event-conflict_settled = Đã thống nhất hai giá trị từ thực địa.
event-issue_raised = Có vướng mắc: { $topic }; { $owner } giải quyết.
event-issue_resolved = Đã giải quyết vướng mắc: { $topic }.
event-stuck_noticed = Không có tiến triển từ { $since }.
    .next = Quản lý tìm hiểu hồ sơ đang vướng ở đâu.
event-deadline_warned = Sắp đến hạn: { $clock }, { $deadline }; { role-name } xem xét.
event-deadline_escalated = Đã quá hạn: { $clock }, { $deadline }; { role-name } xem xét.
event-review_asked = Người thứ hai rà soát toàn bộ.
    .why = Không ai tự rà soát việc của mình.
event-review_returned = Rà soát chưa đạt ở các mục: { $faults }.
    .next = Bộ phận pháp lý sửa và đề nghị rà soát lại.
event-review_passed = Đã rà soát xong.
    .next = Chúng tôi chuẩn bị kết quả để bàn giao.
event-review_lapsed = Có thay đổi sau khi rà soát: hồ sơ được xử lý tiếp và rà soát lại.
    .why = Hồ sơ được rà soát lại để kết quả giao cho quý khách đầy đủ, chính xác.
    .next = Chúng tôi hoàn tất, rà soát lại rồi mời quý khách nhận kết quả.
review-lapsed-because = Sau khi rà soát { $what ->
    [party_added] có thêm người liên quan
    [parcel_bound] thửa đất được xác định lại
    [paper_added] có thêm giấy tờ
    [papers_requested] khách được yêu cầu thêm giấy tờ
    [verified] giấy tờ và thửa đất được kiểm tra lại
    [field_work_returned] có kết quả thực địa
    [conflict_settled] một giá trị được chọn lại
    [issue_raised] có vướng mắc
    [payment_reversed] một khoản thu bị huỷ
   *[other] có thay đổi
}; xem lại rồi đề nghị rà soát lại.
event-hand_over_lapsed = { $why ->
    [dead] Đường dẫn đã bị khoá vì nhập sai mã quá nhiều lần.
   *[expired] Đường dẫn đã hết hạn trước khi được mở.
}
    .next = Quý khách sẽ nhận đường dẫn mới.
event-hand_over_offered = { $way ->
    [online] Kết quả có thể tải về.
   *[office] Kết quả có thể nhận tại văn phòng.
}
    .next = { $way ->
    [online] Tải về bằng mã dùng một lần.
   *[office] Xin quý khách đến nhận và ký biên nhận.
}
event-handed_over = Đã bàn giao kết quả.
    .next = Chúng tôi hỗ trợ quý khách về thuế và giải đáp thắc mắc.
event-obligation_noticed = Phải nộp cho nhà nước: { $what }, { $amount }.
    .next = { $due ->
        [none] Chúng tôi báo quý khách số tiền và hạn nộp khi có thông báo của cơ quan.
       *[day] Xin quý khách nộp trước ngày đã nêu và gửi biên lai cho chúng tôi.
    }
event-obligation_revised = Thông báo của cơ quan: { $what }, { $amount }.
    .next = { $due ->
        [none] Chúng tôi báo quý khách số tiền và hạn nộp khi có thông báo của cơ quan.
       *[day] Xin quý khách nộp trước ngày đã nêu và gửi biên lai cho chúng tôi.
    }
event-obligation_reminded = { $due ->
    [none] Cơ quan chưa thông báo số phải nộp: { $what }.
   *[day] Chưa nộp: { $what }.
}
    .next = { $due ->
        [none] Cần hỏi cơ quan về thông báo nộp.
       *[day] Xin quý khách nộp trước ngày đã nêu và gửi biên lai cho chúng tôi.
    }
event-obligation_paid = Đã nộp: { $what }.
event-obligation_dropped = Không còn phải nộp: { $what }.
event-archived = Hồ sơ đã được lưu trữ.
event-survey_sent = Cảm ơn quý khách đã tin tưởng. Quý khách thấy chúng tôi làm thế nào?
    .next = Vài câu hỏi, mỗi bước một câu.
event-survey_answered = Quý khách đã trả lời khảo sát. Xin cảm ơn.
event-watch_begun = Chúng tôi theo dõi thửa đất cho quý khách.
    .why = Quý khách đã đồng ý và có thể dừng lúc nào cũng được.
event-watch_ended = Đã dừng theo dõi thửa đất.
event-watch_not_begun = { $why ->
    [no_parcel] Chưa theo dõi được thửa đất: chưa xác định được đó là thửa nào.
    [ended_no_parcel] Không theo dõi thửa đất nào: chưa từng xác định được đó là thửa nào.
   *[ended] Không theo dõi thửa đất nào: hồ sơ kết thúc trước khi bàn giao kết quả.
}
    .next = { $why ->
        [no_parcel] Chúng tôi xác định thửa đất; khi đó việc theo dõi tự bắt đầu.
       *[ended] Xin quý khách cho biết nếu vẫn muốn theo dõi.
    }
event-watch_hit = { $topic }: trước đây { $was }, nay { $now } (nguồn: { $source }).
    .why = Quý khách đã nhờ chúng tôi theo dõi thửa đất.
    .next = Xin hỏi chúng tôi điều này có ý nghĩa gì.
event-personal_data_erased = Dữ liệu cá nhân của quý khách đã được xoá. Chứng nhận số { $certificate }.
event-ended = { $ending ->
    [closed] Hồ sơ đã đóng.
    [withdrawn] Hồ sơ đã được rút.
   *[refused] Hồ sơ kết thúc do chúng tôi hoặc cơ quan từ chối.
}
consent-processing = xử lý dữ liệu cá nhân
consent-contact = được liên hệ
consent-parcel_watch = theo dõi thửa đất
procedures-open = chưa chọn thủ tục
missing-name = họ tên
missing-phone = số điện thoại
missing-need = nhu cầu
missing-procedure = thủ tục
missing-parcel = thửa đất
missing-consent = sự đồng ý
topic-agency_asks = cơ quan yêu cầu bổ sung
topic-agency_late = cơ quan trễ hẹn
topic-agency_refuses = cơ quan từ chối
topic-boundary = ranh giới chưa rõ
topic-contract = hợp đồng
topic-customer_hesitates = khách hàng do dự
topic-customer_unreachable = không liên lạc được với khách hàng
topic-dispute = tranh chấp
topic-dossier_back = hồ sơ được rút về
topic-land_differs = hiện trạng khác giấy tờ
topic-land_not_seen = không vào được thửa đất
topic-neighbour_objects = chủ liền kề phản đối
topic-other = việc khác
topic-papers_lost = mất giấy tờ
topic-payment = thanh toán
topic-planning = quy hoạch
topic-result_differs = kết quả không khớp hồ sơ
topic-review_returned = phải rà soát lại
topic-wrong_area = sai diện tích
topic-wrong_name = sai tên
role-name = { $role ->
    [assignee] người được giao
    [manager] quản lý
    [legal] pháp lý
    [reviewer] người rà soát
    [customer_care] chăm sóc khách hàng
    [sales] kinh doanh
    [field] thực địa
   *[other] { $role }
}
clock-step = bước { $name }
clock-authority = thời hạn của cơ quan
clock-task = hạn của nhiệm vụ
clock-issue = hạn của vướng mắc
clock-day-counted = Ngày làm việc thứ { $used }.
clock-day-counted_instead = Ngày làm bù, tính là ngày làm việc thứ { $used }.
clock-day-first_day = Ngày bắt đầu, không tính.
clock-day-weekend = Ngày nghỉ hằng tuần, không tính.
clock-day-holiday = Ngày nghỉ lễ, không tính: { $holiday }.
clock-day-stood_still = Không tính: chưa đến lượt.
