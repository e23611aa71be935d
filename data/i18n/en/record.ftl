# The report of a verification: headings, verdicts, titles of checks.
report-title = LAND VERIFICATION REPORT
report-case = Case { $number } · procedure { procedure-name }
procedure-name = { $procedure ->
    [transfer] transfer
    [gift] gift
    [inheritance] inheritance
    [split] split
    [merge] merge
    [change_of_use] change of use
    [first_certificate] first certificate
    [reissue] re-issue of a lost certificate
    [exchange] exchange of the certificate
    [correction] correction of the certificate
    [mortgage] mortgage
    [mortgage_release] release of a mortgage
    [inquiry] inquiry without a case
   *[other] { $procedure }
}
report-parcel = Parcel { $number }, sheet { $sheet }, commune { $commune }
report-no-parcel = No parcel was identified
report-as-of = As of { $date }
report-allowed = limit { $value }
report-area = area { $low } to { $high } m² (nominal { $nominal })
report-layer = { $layer } version { $version } ({ $source }, { $date })
report-sources = Source: { $sources }
report-rule = Rule: { $id } version { $version }: { $citation } [{ $standing }]
report-engine = Judged by { $engine }
report-digest = SHA-256 { $digest }

outcome-can-proceed = CAN PROCEED: everything required was checked and nothing stands in the way.
outcome-needs-papers = NEEDS PAPERS: the case can go on when the papers named below are there.
outcome-needs-person = NEEDS A PERSON: a person must decide what is named below, or look at what could not be proved.
outcome-blocked = BLOCKED: a restriction stands in the way of this case.

verdict-hit = hit
verdict-clear = clear
verdict-partly-covered = partly covered
verdict-not-covered = not covered
verdict-stale-source = stale source
verdict-failed = failed
verdict-not-applicable = not applicable

certainty-certain = overlap: certain within the accuracy of both maps
certainty-possible = overlap: possible within the accuracy of both maps
certainty-none = overlap: none within the accuracy of both maps
missing-area = Short by { $low } to { $high } m² (nominal { $nominal })
missing-certain = what is missing: certain within the accuracy of the maps
missing-possible = what is missing: possible within the accuracy of the maps
missing-none = what is missing: nothing within the accuracy of the maps

standing-verified = verified
standing-secondary = seen only at second hand
standing-unverified = unverified
standing-house = threshold of this service

group-papers = PAPERS
group-parcel = PARCEL
group-planning = PLANNING AND RESTRICTIONS
group-encumbrances = ENCUMBRANCES
group-engine = THE VERIFICATION ITSELF

unit-square-metre = { $n } m²
unit-metre = { $n } m
unit-percent = { $n } %
unit-day = { $n ->
    [1] { $n } day
   *[other] { $n } days
}
unit-pixel = { $n } px

part-purposes = purposes
part-edges = edges
part-ring = area and vertices

engine-not-finite = A check gave a number that is none; nothing of it is used.
engine-theme-unjudged = This map theme is required, but no check has judged it.
engine-theme-strange = The theme that was used is not the one of the pinned set.
engine-finding-repeated = A check spoke twice of the same thing; a person must look at both.

check-engine-required = Required map theme
check-engine-theme-set = Set of themes
check-engine-unique = Findings are unique
check-paper-required-set = Required papers
check-paper-serial = Serial and date of issue
check-paper-same-certificate = Certificate in other cases
check-paper-holder-identity = Holder identified
check-paper-cccd = Identity card
check-paper-joint-ownership = Joint ownership
check-paper-power-of-attorney = Power of attorney
check-paper-term = Term of use
check-paper-scan = Scan
check-paper-consistency = Certificate agrees with itself
check-parcel-reference = Parcel reference
check-parcel-register-map = Register and map
check-parcel-area = Area on paper and map
check-parcel-land-use = Land-use purpose
check-parcel-vertices = Vertex table and map
check-parcel-boundary = Boundary valid
check-parcel-neighbours = Neighbours
check-parcel-commune = Within the commune
check-parcel-access = Access
check-planning-composition = Planned use
check-planning-road-corridor = Road corridor
check-planning-protection = Protection corridor
check-planning-recovery = Land recovery
check-planning-reserved = Reserved land
check-planning-hazard = Hazard
check-planning-restriction = Restriction
check-split-minimum = Minimum for a split
check-encumbrance-register = Register of encumbrances
check-encumbrance-paper-notes = Notes on the certificate
check-encumbrance-other-cases = Change pending in another case
