# Review, hand-over, taxes and fees, after-care.
amount-not-known = amount not known yet
obligation-registration_fee = registration fee
obligation-income_tax_transfer = personal income tax on the transfer
obligation-income_tax_gift = personal income tax on the gift or inheritance
obligation-land_use_fee = land-use fee
obligation-certificate_fee = appraisal and certificate fee
obligation-notary_fee = notary fee
obligation-other = another tax or fee

review-papers_complete = Papers are complete
review-papers_readable = Papers can be read
review-papers_valid = Papers still hold
review-papers_agree = Papers agree with each other and the map
review-scans_whole = Stored scans are what was sent
review-boundary = The boundary is measured
review-verdict = There is a verdict, and it blocks nothing
review-verdict_signed = The verdict is signed
review-verdict_fresh = Maps, parcel and rules are those of the verdict
review-verdict_saw_papers = The verdict has seen every paper as it is now
review-advice_signed = The option sheet is signed
review-advice_fresh = The option sheet still holds
review-contract_signed = The contract is signed by both
review-requests = No paper request is open
review-issues = No problem is open
review-conflicts = No conflict of field work is open
review-tasks = No task is open
review-authority = The authority has decided
review-instalments = Instalments are paid
review-obligations = Taxes and fees are paid
review-asked = Asked for and not answered: { review-need }, { paper-kind }.
review-wanting = { review-need }: { paper-kind }.
review-need = { $need ->
    [missing] missing
    [unreadable] cannot be read
    [expired] runs out
    [contradicts] says something else
   *[boundary] the boundary is to be measured
}
review-draft = Only a draft: { paper-kind }.
review-unsigned = It is not signed.
review-unsigned-customer = The customer has not signed.
review-unsigned-firm = The firm has not signed.
review-no-verdict = There is no verification.
review-no-sheet = There is no option sheet.
review-no-papers = There are no papers.
review-no-scans = No paper has a scan.
review-not-kept = This is not kept for this case.
review-nothing-submitted = Nothing was handed in to an authority.
review-not-granted = The authority refused.
review-refused-beside = The authority refused what was applied for beside: { procedure-name }.
review-submitted = With an authority: { $count }.
review-scan-broken = The stored scan is not what was sent: { paper-kind }.
review-blocked = The verdict blocks the case.
review-unseen = Came or changed after the verification: { paper-kind }.
review-issue = Open problem: { $topic }.
review-task = Open task: { $task }.
review-conflicts-open = { $count } values of field work wait for a decision.
review-instalment = Instalment { $no } is not paid in full.
review-owed = Not paid: { $what ->
    [registration_fee] registration fee
    [income_tax_transfer] personal income tax on the transfer
    [income_tax_gift] personal income tax on the gift or inheritance
    [land_use_fee] land-use fee
    [certificate_fee] appraisal and certificate fee
    [notary_fee] notary fee
   *[other] another tax or fee
}.

handover-title = Record of hand-over
handover-case = Case { $number }
handover-made = Made { $date }
handover-parties = The firm hands the following to the customer, who has looked at it and receives it:
handover-no = No.
handover-what = What
handover-bytes = Bytes
handover-hash = SHA-256 of the file
handover-report = Report of the verification, signed
handover-version = version { $version }
handover-seen = seen by the verification
handover-unseen = came after the verification
handover-digest = SHA-256 over the list above
handover-owed = Taxes and fees not paid yet
handover-none-owed = No tax or fee is open.
handover-due = to be paid by { $date }
handover-firm = For the firm
handover-customer = The customer
handover-sign-hint = (signature, full name)
handover-page = Page
handover-foot = Diaba: record of hand-over

archive-whole = Archive of case { $case }: { $files } files, all as the manifest says.
archive-manifest = SHA-256 of the manifest: { $sha256 }
archive-signed = Signed with key { $key }.
archive-key-needed = Whose it is was not proved: name the office's public key (--key).
archive-broken = { $count } things are not as the manifest says.
archive-fault-missing = { $name }: not there
archive-fault-unlisted = { $name }: not in the manifest
archive-fault-twice = { $name }: stands twice
archive-fault-name = { $name }: not a name for a file of an archive
archive-fault-changed = { $name }: its SHA-256 is { $found }, the manifest says { $listed }
archive-fault-size = { $name }: { $found } bytes, the manifest says { $listed }
archive-fault-manifest = manifest.json: { $name }
archive-fault-signature = manifest.sig.json: { $name }

watch-parcel = The parcel
watch-rules = a rule that has come into force
watch-map = a map published anew
watch-unknown = not known
watch-clear = nothing in the way
watch-hit = in the way
work-task = Did the task "{ $task }" (line { $seq }).
work-verified = Verified the case (line { $seq }).
work-advised = Wrote or signed the option sheet (line { $seq }).
work-review-asked = Asked for the review (line { $seq }).
review-in-order = in order
review-or-reason = in order, or a reason why it is accepted
