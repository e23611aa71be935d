# The timeline of a case. `event-<kind>`: what happened; `.why`: why; `.next`: what comes next. Both staff and customers read
# it, so only what `domain/case/audience.rs` shows a customer may be named here.
step-intake = Intake
step-verification = Verification
step-advice = Advice
step-quotation = Quotation
step-contract = Contract
step-execution = Carrying out
step-review = Review
step-hand_over = Hand-over
step-after_care = After-care
step-closed = Closed
step-withdrawn = Withdrawn
step-refused = Refused
turn-ours = It is our move.
turn-customer = It is your move.
turn-authority = The authority is at work.
turn-nobody = Nothing is left to do.
now-intake-ours = We take down what you need.
now-intake-customer = Please send what we asked for.
now-verification-ours = We check papers and parcel.
now-verification-customer = Please send the papers we asked for.
now-advice-ours = Our legal department writes down your options.
now-advice-customer = Please send the papers we asked for.
now-quotation-ours = We draw up the contract.
now-quotation-customer = Please answer our offer.
now-contract-ours = We sign the contract.
now-contract-customer = Please sign the contract.
now-execution-ours = We do the work.
now-execution-customer = Please send the papers we asked for.
now-execution-back = The authority refused, or the dossier came back: we find out why and talk with you about what can be done.
now-execution-authority = We wait for the authority's decision.
now-review-ours = A second person checks everything.
now-review-customer = Please send the papers we asked for.
now-hand_over-ours = We get the results ready for you.
now-hand_over-customer = Please collect the results.
now-after_care-ours = The results are with you; we help with taxes and questions.
now-after_care-customer = Please send the papers we asked for.
now-ended = The case has ended.
who-customer = You
who-authority = The authority
who-firm = We
who-system = The system

event-opened = Your case was opened: { $procedures }.
    .next = We take down what you need and check your papers and the parcel.
event-customer_linked = The case was put down to a customer.
event-consent_given = Consent was given: { $what }.
    .next = { $code ->
        [parcel_watch] The watch begins by itself when the results are handed over and the parcel is known.
       *[other] { "" }
    }
event-consent_withdrawn = Consent was withdrawn: { $what }.
event-account_invited = You were invited to follow your case online.
    .next = See your case with the code that we tell you.
event-intake_saved = What you told us so far was kept.
    .why = Some things are still missing: { $missing }.
    .next = Go on whenever you like; nothing has to be told twice.
event-intake_completed = We have everything to begin.
    .next = We check your papers and the parcel.
event-party_added = A person of the case was added.
event-paper_added = A paper came in: { paper-kind }.
event-parcel_bound = The case was found to be about parcel { $name }.
    .next = From now on we check this parcel.
event-verification_requested = The check of papers and parcel was put in the queue.
event-verified = Papers and parcel were checked: { $outcome ->
    [can_proceed] nothing stands in the way.
    [needs_papers] papers are missing.
    [needs_person] a specialist looks at some points.
   *[blocked] something stands in the way.
}
    .why = Everything we do later rests on this check.
    .next = { $outcome ->
    [can_proceed] Our legal department writes down your options.
    [needs_papers] You get one list of all papers that are needed.
    [needs_person] A specialist decides about the open points.
   *[blocked] Our legal department explains what can be done.
}
event-papers_requested = We asked for papers (round { $round }).
    .why = { $round ->
        [1] The list holds everything that is known to be needed until the end, so that you are asked once.
       *[other] Something is new since we last asked; the list says why of each point.
    }
    .next = Please send the papers on the list.
event-item_settled = { $how ->
    [met] A point of the list is settled: it came in.
   *[dropped] A point of the list is needed no longer.
}
event-request_reminded = We reminded you of { $items } open points.
    .next = Please send the papers on the list.
event-option_sheet_drafted = A draft of the options was written.
event-option_sheet_signed = Your options are written down; we recommend: { procedure-name }.
    .why = The legal department compared what is possible for this parcel, and what each way costs.
    .next = You get an offer.
event-option_sheet_confirmed = The options were checked anew: they stand as they are.
    .why = A rule or a map they rest on has a newer version.
event-option_sheet_outdated = The options have to be looked at again.
    .why = A rule or a map they rest on has changed.
    .next = Our legal department checks them anew.
event-quotation_offered = Our offer (version { $version }): { $total }.
    .next = Please accept or refuse it.
event-quotation_accepted = The offer was accepted.
    .next = We draw up the contract.
event-quotation_refused = The offer was refused.
    .next = We ask what should be different.
event-quotation_withdrawn = Our offer (version { $version }) stands no longer.
    .why = What it rests on has changed.
    .next = We make you a new one.
event-quotation_expired = The offer has expired.
    .next = We can renew it if you wish.
event-contract_drawn = The contract is ready.
    .next = Please read and sign it.
event-signing_code_made = { $signer ->
    [customer] A one-time signing code was made; it holds until { $expires }.
   *[firm] The firm's one-time signing code is ready.
}
    .next = Please enter it to sign the contract.
event-signed_paper_filed = Our signed page was filed; a second person confirms it.
event-contract_signed = { $signer ->
    [customer] The contract was signed by you.
   *[firm] The contract was signed by us.
}
event-contract_concluded = The contract is in force.
    .next = We begin the work.
event-contract_refused = The contract was refused.
    .next = We ask what should be different.
event-contract_expired = The contract was not signed in time.
    .next = We ask whether it should be drawn anew.
event-payment_due = Payment { $instalment } is due: { $amount }.
    .next = Please pay by the day named.
event-payment_overdue = Instalment { $instalment } is overdue: { $amount } open.
    .next = Please pay soon, or tell us.
event-payment_received = Payment received: { $amount }.
event-overpayment_received = More than is owed was received: { $amount }.
    .next = We pay it back, or agree with you what becomes of it.
event-payment_reversed = A payment was taken back: { $amount }.
    .next = We tell you what is to be paid.
event-work_planned = The work was planned: { procedure-name }, { $tasks } tasks.
    .next = Our people do the tasks one after the other.
event-task_created = A task was made: { $task_kind }.
event-task_assigned = A task was given to { $assignee }: { $task_kind }.
event-task_accepted = A task was accepted: { $task_kind }.
event-task_started = A task was begun: { $task_kind }.
event-task_paused = A task was paused: { $task_kind }.
event-task_handed_back = A task was handed back: { $task_kind }.
    .next = Somebody else of the department takes it.
event-task_escalated = A task was passed on to { role-name }: { $task_kind }.
event-task_done = Done: { $task_kind }.
event-task_cancelled = A task was cancelled: { $task_kind }.
event-appointment_made = An appointment was made: { $starts }.
    .next = Please come in time and bring your identity card.
event-appointment_moved = An appointment was moved to { $starts }.
    .next = Please come in time and bring your identity card.
event-appointment_kept = An appointment was kept.
event-appointment_missed = An appointment was missed: { $by ->
    [customer] you did not come.
    [agency] nobody of the authority was there.
   *[us] we did not come.
}
    .next = We agree on a new one.
event-appointment_cancelled = The appointment of { $starts } is off: { $why ->
    [hold_over] it was not confirmed in time.
   *[not_needed] it is needed no more.
}
    .next = { $why ->
        [hold_over] We agree on a new one.
       *[not_needed] { "" }
    }
event-submitted = The dossier was handed in: { $agency }.
    .next = The authority decides.
event-agency_asked_more = The authority asked for more: { $agency }.
    .why = Until it has what it asked for, its term does not run.
    .next = We see what is needed.
event-agency_answered = What the authority asked for was handed in: { $agency }.
    .next = The authority decides.
event-agency_decided = { $granted ->
    [yes] The authority has decided as applied for: { $agency }.
   *[no] The authority has refused: { $agency }.
}
    .next = { $granted ->
        [yes] We collect the result and compare it with the dossier.
       *[no] We find out why, and talk with you about what can be done.
    }
event-submission_withdrawn = { $mistake ->
    [yes] The dossier was noted at { $agency } by mistake; it was not handed in like that.
   *[no] The dossier was taken back from { $agency }.
}
    .next = We see to it that it is handed in anew, or talk with you about what can be done.
event-field_work_returned = Field work came back: { $applied } taken, { $conflicts } in conflict, { $tray } to be looked at.
    .next = { $conflicts ->
        [0] { $tray ->
            [0] { "" }
           *[other] The legal department decides what holds.
        }
       *[other] The legal department decides what holds.
    }
event-conflict_settled = Two values of the field work were settled.
event-issue_raised = A problem was raised: { $topic }; { $owner } sees to it.
event-issue_resolved = A problem was resolved: { $topic }.
event-stuck_noticed = Nothing has moved since { $since }.
    .next = The manager finds out what it waits for.
event-deadline_warned = A deadline comes near: { $clock }, { $deadline }; for { role-name } to see to.
event-deadline_escalated = A deadline was missed: { $clock }, { $deadline }; for { role-name } to see to.
event-review_asked = A second person checks everything.
    .why = Nobody reviews their own work.
event-review_returned = The review was not passed on these points: { $faults }.
    .next = The legal department puts it right and asks for the review anew.
event-review_passed = The review was passed.
    .next = We get the results ready for you.
event-review_lapsed = Something came after the review: the case goes back to work and is reviewed anew.
    .why = It is checked once more, so that you get all of it in order.
    .next = We finish it, have it reviewed, and offer you the results anew.
review-lapsed-because = After the review { $what ->
    [party_added] somebody was added
    [parcel_bound] the parcel was named anew
    [paper_added] a paper came
    [papers_requested] the customer was asked for papers
    [verified] papers and parcel were checked anew
    [field_work_returned] results came from the field
    [conflict_settled] a value was chosen anew
    [issue_raised] a problem came up
    [payment_reversed] a payment was taken back
   *[other] something changed
}; look at it, then ask for the review anew.
event-hand_over_lapsed = { $why ->
    [dead] The link was shut after too many wrong codes.
   *[expired] The link ran out before it was opened.
}
    .next = You get a new link.
event-hand_over_offered = { $way ->
    [online] The results can be downloaded.
   *[office] The results can be collected at our office.
}
    .next = { $way ->
    [online] Download them with the one-time code.
   *[office] Please come and sign the receipt.
}
event-handed_over = The results were handed over.
    .next = We help with taxes and questions.
event-obligation_noticed = To be paid to the authority: { $what }, { $amount }.
    .next = { $due ->
        [none] We tell you the amount and the day once the authority has sent its notice.
       *[day] Please pay by the day named and send us the receipt.
    }
event-obligation_revised = The authority's notice: { $what }, { $amount }.
    .next = { $due ->
        [none] We tell you the amount and the day once the authority has sent its notice.
       *[day] Please pay by the day named and send us the receipt.
    }
event-obligation_reminded = { $due ->
    [none] The authority has not said yet what is to be paid: { $what }.
   *[day] Not paid yet: { $what }.
}
    .next = { $due ->
        [none] Ask the authority for its notice.
       *[day] Please pay by the day named and send us the receipt.
    }
event-obligation_paid = Paid: { $what }.
event-obligation_dropped = No longer owed: { $what }.
event-archived = The case was archived.
event-survey_sent = Thank you for your trust. How did we do?
    .next = A few questions, one for each step.
event-survey_answered = You answered our questions. Thank you.
event-watch_begun = We watch your parcel for you.
    .why = You agreed to it; you can end it at any time.
event-watch_ended = We no longer watch your parcel.
event-watch_not_begun = { $why ->
    [no_parcel] Your parcel is not watched yet: we do not know which one it is.
    [ended_no_parcel] No parcel is watched: it was never known which one it is.
   *[ended] No parcel is watched: the case ended before the results were handed over.
}
    .next = { $why ->
        [no_parcel] We find out which parcel it is; then the watch begins by itself.
       *[ended] Tell us if you still wish it.
    }
event-watch_hit = { $topic }: it was { $was }, it is { $now } (source: { $source }).
    .why = You asked us to watch your parcel.
    .next = Ask us what it means for you.
event-personal_data_erased = Your personal data were deleted. The certificate has the number { $certificate }.
event-ended = { $ending ->
    [closed] The case is closed.
    [withdrawn] The case was withdrawn.
   *[refused] The case was ended by us or by the authority.
}
consent-processing = processing of personal data
consent-contact = being contacted
consent-parcel_watch = watching the parcel
procedures-open = which procedure is not decided yet
missing-name = the name
missing-phone = a phone number
missing-need = what is needed
missing-procedure = the procedure
missing-parcel = the parcel
missing-consent = the consent
topic-agency_asks = the authority asks for more
topic-agency_late = the authority is late
topic-agency_refuses = the authority refuses
topic-boundary = the boundary is not clear
topic-contract = the contract
topic-customer_hesitates = the customer hesitates
topic-customer_unreachable = the customer cannot be reached
topic-dispute = a dispute
topic-dossier_back = the dossier came back
topic-land_differs = the land differs from the papers
topic-land_not_seen = the parcel could not be reached
topic-neighbour_objects = a neighbour objects
topic-other = something else
topic-papers_lost = papers are lost
topic-payment = payment
topic-planning = planning
topic-result_differs = the result does not agree with the case
topic-review_returned = to be reviewed anew
topic-wrong_area = a wrong area
topic-wrong_name = a wrong name
role-name = { $role ->
    [assignee] whoever has it
    [manager] the manager
    [legal] legal
    [reviewer] the reviewer
    [customer_care] customer care
    [sales] sales
    [field] field staff
   *[other] { $role }
}
clock-step = step { $name }
clock-authority = term of the authority
clock-task = day of the task
clock-issue = day of the problem
clock-day-counted = Working day { $used }.
clock-day-counted_instead = Worked in place of another day: working day { $used }.
clock-day-first_day = The day it began, not counted.
clock-day-weekend = Weekend, not counted.
clock-day-holiday = Holiday, not counted: { $holiday }.
clock-day-stood_still = Not counted: it was somebody else's move.
