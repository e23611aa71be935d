# Fees, taxes and the option sheet.
fee-step-land-price = Price of the land table, dong/m²
fee-step-times-area = × area
fee-step-agreed-price = Price agreed between the parties
fee-step-land-value-counts = The agreed price is below the table: the table counts
fee-step-price-counts = The agreed price is not below the table: it counts
fee-step-share = Share of the base
fee-step-slice-share = Share of what lies above the slice before
fee-step-slice-fixed = Fixed amount of the slice
fee-step-sum = Sum
fee-step-most = Not more than the most
fee-step-fixed = Fixed amount
fee-step-difference = Difference of the land prices before and after, dong/m²
fee-step-quota-within = Within the quota
fee-step-quota-once-more = Above the quota, up to once more
fee-step-quota-beyond = The rest
rounding-nearest-dong = to the nearest dong
rounding-nearest-thousand = to the nearest thousand dong
rounding-down-dong = fractions of a dong left out
fee-exempt = exempt
fee-not-known = not known, ask the tax office
fee-missing = needed: { $facts }

option-feasible = can be done
option-needs-papers = needs papers
option-needs-person = needs a person
option-blocked = blocked
option-not-applicable = does not apply

option-reason-certificate-exists = There is a certificate
option-reason-no-mortgage = There is no mortgage to release
option-reason-mortgage-unknown = Whether there is a mortgage is not known
option-reason-no-days = The term of the procedure is not known
option-reason-not-in-force = No rules of the procedure are in force on this day
option-reason-stale = The verification does not tell: { $check }

step-collect-papers = The customer brings the papers
step-measure = Measuring, cadastral extract
step-notarise = Notarised contract or deed
step-post = Public posting
step-declare-tax = Tax and fee declaration
step-submit = Submission at the one-stop office
step-decide = The authority decides
step-pay = Taxes and fees are paid
step-receive = Result received and handed over

sheet-outdated-verification = there is a newer verification
sheet-outdated-rules = the rules of the checks have changed
sheet-outdated-procedures = the rules of the procedures have changed
sheet-outdated-fees = the tables of fees and taxes have changed
sheet-outdated-layer = map layer { $layer } has a new version
sheet-outdated-parcel = the parcel has changed
sheet-changed-parcel = the parcel has changed
sheet-changed-finding = a finding is new: { $check } ({ $subject })
sheet-changed-option = the option is not among those of today
sheet-changed-feasibility = more stands in the way of the option
sheet-changed-papers = more papers are needed
sheet-changed-steps = steps or days are others
sheet-changed-dues = fees or taxes are others

sheet-title = Option sheet
sheet-rests-on = Rests on the verification with the digest:
sheet-days = Term by the rules
sheet-steps = Steps
sheet-recommended = Recommended
sheet-total = Sum of the fees and taxes known
sheet-incomplete = not all of it, some amounts are not known
fee-fact = { $fact ->
    [area] area
    [land_price] price of the land in the table
    [land_price_after] price of the land for the new use
    [agreed_price] agreed price
    [kinship] kinship of the two
    [only_home] whether it is their only home
    [beside_house] whether it lies with a house
    [reduction_used] whether the reduction was used before
    [quota] quota of residential land
    [object] what the fee is on
    [too_large] a number too large to reckon with
   *[other] { $fact }
}
days-not-known = not known
days-same-day = on the same day
days-working = { $n } working days
days-range = { $n } to { $most } working days
days-difficult = In communes that are mountainous, islands or difficult: { $n } working days
days-posting = And { $n } days of public posting
days-ours = Of { $cases } cases of ours: usually { $median }, at most { $longest } working days from opening to end
needed-joint_ownership = only where several people hold it
needed-represented = only where somebody is represented
needed-draft = there, but half filled
payer-holder = paid by who gives the right
payer-receiver = paid by who receives the right, or asks
payer-either = paid as both agree
due-source = Source: { $source }; in force from { $since }
