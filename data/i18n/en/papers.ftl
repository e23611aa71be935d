# Findings on papers and encumbrances: paper.*, encumbrance.*.

paper-kind = { $kind ->
    [titled] a paper that the authority names
    [certificate] certificate
    [identity_card] identity card
    [power_of_attorney] power of attorney
    [marriage_certificate] marriage certificate
    [tax_notice] tax notice
    [planning_extract] planning extract
    [request_form] registration or request form
    [sale_contract] notarised transfer contract
    [gift_contract] notarised gift contract
    [inheritance_deed] deed of inheritance
    [split_drawing] drawing of the split or merge
    [cadastral_extract] cadastral map extract
    [petition_change_of_use] petition for change of use
    [origin_papers] papers on the right to use the land
    [loss_report] confirmation that the loss was posted
    [error_proof] proof of the error
    [mortgage_contract] mortgage contract
    [mortgage_request] request to register a mortgage
    [release_request] request to delete a mortgage
    [release_consent] mortgagee's consent to the release
    [tax_receipt] receipt of taxes and fees
    [marriage_paper] paper on the marital status
    [other] another paper
   *[title] { $kind }
}
paper-no-certificate = There is no certificate in the case.

papers-not-asked = A look at a parcel without a case asks for no papers.
papers-no-list = No list of papers is known for the procedure "{ procedure-name }"; a person must say what is needed.
papers-complete = All { $count } papers that the procedure asks for are there and complete.
papers-lacking = { $lacking } of { $count } papers are not there or not complete.
papers-lack-one = Not there: { paper-kind } ({ $citation }).
papers-draft = Only a draft: { paper-kind }; fields that lack: { $fields } ({ $citation }).

serial-none = The certificate states no serial.
serial-no-date = The certificate states no day of issue, so its serial cannot be dated.
serial-shape = "{ $serial }" has not the shape of a serial: one or two letters and six digits, or two letters and eight digits.
serial-fits = Serial { $serial }, issued { $date }: the form was in use on that day.
serial-future = Serial { $serial }: the day of issue { $date } lies in the future.
serial-too-old = Serial { $serial }: the day of issue { $date } lies before { $year }.
serial-new-form-early = Serial { $serial } is of the form in use from 2025, but the day of issue is { $date }.
serial-old-form-late = Serial { $serial } is of the form in use before 2025, but the day of issue is { $date }.

same-certificate-no-serial = No certificate with a serial: there is nothing to look for in other cases.
same-certificate-none = No other open case names this certificate.
same-certificate-found = { $count } other open cases name this certificate.
other-cases-failed = Other cases could not be read: { $reason }
other-cases-truncated = More than { $count } other cases: the list was cut, so nothing is proved.
other-case = Case { $number } ({ procedure-name }).

holder-not-asked = This procedure does not ask the holder himself to be identified.
holder-none-named = The certificate names no holder.
holder-identified = { $name } is identified by an identity card.
holder-name-nearly = Same identity number, but the names differ slightly: "{ $name }" on the certificate, "{ $card }" on the card.
holder-name-differs = Same identity number, but another name: "{ $name }" on the certificate, "{ $card }" on the card.
holder-name-only = { $name }: only the name agrees; the certificate gives neither number nor birth year to compare.
holder-number-differs = { $name }: the name agrees, the identity number does not.
holder-number-unlinked = { $name }: the certificate has a number of another form than the card, and the card does not name the old one.
holder-not-identified = { $name }: no identity card in the case identifies this holder.
holder-has-agent = This holder has given a power of attorney; the card of the holder is still asked for.

cccd-none = There is no identity card in the case.
cccd-no-number = The card has no number yet.
cccd-old-form = The card has a nine-digit number (CMND); it has no structure to check.
cccd-shape = The number has neither twelve nor nine digits.
cccd-qr-unread = The text of the QR code does not have the form of an identity card.
cccd-qr-differs = The QR code says something else than what was entered.
cccd-digits-differ = The digits of the number say something else than the card. Both may be right; look at the card.
cccd-qr-agrees = The number has the right structure and the QR code agrees with what was entered.
cccd-digits-agree = The number has the right structure. The QR code was not read.
cccd-field-differs = Field that differs: { $field ->
    [number] number
    [old_number] old number
    [name] name
    [birth_date] day of birth
    [sex] sex
    [issued_on] day of issue
   *[other] { $field }
}.
cccd-digits = Digits that differ: { $what ->
    [id-number-province] province of registration is not known
    [id-number-century] century is not one of today
    [id-number-sex] sex
    [id-number-birth-year] birth year
   *[other] { $what }
}.

joint-not-asked = This procedure does not dispose of the land.
joint-no-holder = The certificate names no holder.
joint-sole = The certificate says that one person holds the land alone.
joint-not-told = One holder is named, and it was not entered whether the land is held in common.
joint-all-there = Everybody who must agree is identified or represented ({ $count } named on the certificate).
joint-lacking = The land is held in common; papers of { $count } persons are not there.
joint-no-marriage = Held in common with one name: the marriage certificate of { $name } is not there.
joint-absent = { $name } is neither identified by a card nor represented.

power-none = There is no power of attorney in the case.
power-not-dated = The power of attorney has no day of signature.
power-good = The power of attorney covers this procedure and holds until { $date }.
power-wrong = The power of attorney cannot be relied on: { $count } points.
power-future = It is signed on { $date }, in the future.
power-over = It ended on { $date }.
power-no-principal = It names no principal.
power-principal-is-no-holder = { $name }, who gives it, is not a holder on the certificate.
power-no-agent = It names no agent.
power-agent-not-identified = { $name }, who acts, is not identified by a card in the case.
power-agent-doubtful = { $name }, who acts, does not agree with the card in the case in every point.
power-no-scope = It does not say what it is for ({ procedure-name } is asked).
power-other-scope = Its words do not name this procedure ({ procedure-name }).
power-default-term = It names no end: { $years } year from the day of signature is taken.

term-not-told = The term of use was not entered for every purpose.
term-runs = No term of use has ended.
term-over = The term of use of { $count } purposes has ended.
term-over-line = { $code }: ended on { $date }, { $days } days ago.
term-soon-line = { $code }: ends on { $date }, in { $days } days.
term-long-agricultural = { $code }: "long-term" on agricultural land; the term must be confirmed.

scan-no-papers = There are no papers in the case.
scan-none = There is no scan of this paper.
scan-type = A scan of the type { $found } is not taken.
scan-bytes = The scan has { $bytes } bytes, fewer than { $least }: it can hardly be read.
scan-no-pixels = The scan is there, but its size in pixels could not be measured: a person must see whether it can be read.
scan-small = The scan is too small to be read: shorter side.
scan-legible = The scan is there and large enough to be read.

consistency-no-parts = The areas of the purposes, or the area, were not entered.
consistency-parts-fit = The areas of the purposes ({ $sum } m²) add up to the area ({ $total } m²).
consistency-parts-differ = The areas of the purposes ({ $sum } m²) do not add up to the area ({ $total } m²).
consistency-no-edges = Vertices or edges were not entered.
consistency-edge-count = { $edges } edges stand beside { $vertices } vertices.
consistency-edges-fit = Printed edges agree with the printed vertices.
consistency-edges-differ = Printed edges do not agree with the printed vertices.
consistency-edge = Edge { $from } to { $to }: { $printed } m printed, { $computed } m between the vertices.
consistency-no-ring = Vertices or the area were not entered.
consistency-ring-fits = The printed vertices enclose { $ring } m²; the certificate says { $total } m².
consistency-ring-differs = The printed vertices enclose { $ring } m², but the certificate says { $total } m².

register-no-theme = No register of encumbrances is known to the service; nothing was asked.
register-hit = { $theme_en }: { $count } entries on this parcel.
register-line-possible = { $label }: drawn on { $area } m² of the parcel, between { $low } and { $high } m² given the accuracy of both maps; it may lie beside it.
register-line = { $title_en } ({ $code }): { $label }
register-stray = { $theme_en }: { $count } entries name no parcel and are not drawn; they may concern this one.

notes-none = No notes of changes were entered; that does not mean that none are printed.
notes-free = { $count } notes of changes; none of them leaves a mortgage, block, dispute or seizure open.
notes-open = Notes of changes leave { $count } matters open.
notes-line = { $kind ->
    [mortgage] Mortgage
    [block] Block
    [dispute] Dispute
    [enforcement] Seizure, enforcement
   *[other] { $kind }
} ({ $date }): "{ $text }"

pending-none = No other open case concerns this parcel.
pending-found = { $count } other open cases concern this parcel.

# What a customer is asked for, and why.
asked-missing = Please send: { paper-kind }.
asked-unreadable = Please send a copy that can be read: { paper-kind }.
asked-expired = Please renew or replace: { paper-kind }.
asked-contradicts = Please look again, it does not agree: { paper-kind }.
asked-boundary = The boundary of the parcel has to be measured.
asked-why-agency = The authority asks for it.
asked-why-expiry = It runs out on { $date }, before it is used.
asked-why-draft = Still lacking: { $fields }.
paper-field = { $field ->
    [number] number
    [name] name
    [birth_date] day of birth
    [sex] sex
    [principal] principal
    [agent] agent
    [scope] scope
    [signed_on] day of signing
    [notary] notary
    [husband] husband
    [wife] wife
    [registered_on] day of registration
    [issued_on] day of issue
    [issued_by] issuing office
    [amount_vnd] amount
    [parcel] parcel
    [commune_code] commune
    [sheet] sheet
    [zones] planning zones
    [title] title
    [serial] serial number
    [holders] holder
    [area_m2] area
    [purposes] land use
    [term] term
   *[other] { $field }
}
