# Findings on land: parcel.*, planning.*, split.*. Areas in m², lengths in m.

## Shared
land-no-parcel = No parcel was identified, so there is nothing to measure.
land-map-stale = The cadastral map of { $date } is older than { $days } days (a limit of this service, not of the law): the parcel may be drawn otherwise by now.
# said by records of before November 2026
boundary-stale = The cadastral map of { $date } is older than { $days } days (a limit of this service, not of the law): the boundary may be another by now.
land-no-map = The parcel has no boundary on the map, so there is nothing to measure.
land-bad-boundary = The parcel's boundary on the map is not valid, so it was not measured.
rule-missing = No rule "{ $rule }" is in force for this place and day; a person must decide.
rule-secondary = The source was seen only at second hand: { $citation }
rule-unverified = The source has not been confirmed: { $citation }

flaw-empty = Part { $part }: the boundary is empty.
flaw-non-finite = Part { $part }: a coordinate is not a number.
flaw-unclosed = Part { $part }: the ring is not closed (N { $north }, E { $east }).
flaw-too-few-points = Part { $part }: the ring has fewer than three corners (N { $north }, E { $east }).
flaw-zero-area = Part { $part }: the ring encloses no area (N { $north }, E { $east }).
flaw-self-crossing = Part { $part }: the boundary crosses itself at N { $north }, E { $east }.
flaw-self-touching = Part { $part }: the boundary touches itself at N { $north }, E { $east }.
flaw-rings-overlap = Part { $part }: rings overlap, or a hole lies outside (N { $north }, E { $east }).
flaw-repeated-point = Part { $part }: a corner stands twice at N { $north }, E { $east }.

## parcel.reference
reference-found = Sheet { $sheet }, parcel { $number }, { $commune } is one parcel of today.
reference-ambiguous = Sheet { $sheet }, parcel { $number }, { $commune } may mean { $count } parcels; a person must choose.
reference-other-parcel = The papers now mean another parcel than the one this case is about: sheet { $sheet }, parcel { $number }, { $commune }. A person must choose.
reference-unknown = Sheet { $sheet }, parcel { $number }, { $commune } was not found.
reference-not-given = The papers name no parcel.
reference-candidate = Candidate: commune { $commune }, sheet { $sheet }, parcel { $number } (zone { $zone }). { $reasons }
resolve-exact = Commune, sheet and number are the same.
resolve-commune-merged = The commune on the papers has become part of this one.
resolve-alias = This parcel once had that sheet and number.
resolve-area-fits = The area fits the papers.
resolve-area-differs = The area differs from the papers.

## parcel.register_map
register-and-map = Sheet { $sheet }, parcel { $number } is in the register and on the map.
register-without-map = Sheet { $sheet }, parcel { $number } is in the register, but not on the map.
map-without-register = Sheet { $sheet }, parcel { $number } is on the map, but not in the register.
register-not-asked = There is no register to ask about sheet { $sheet }, parcel { $number }.
register-silent = The register did not answer about sheet { $sheet }, parcel { $number }.

## parcel.area
area-paper-none = The certificate states no area.
area-paper-zero = The certificate states { $stated } m²; the map measures { $map } m².
area-paper-rounding = The certificate states { $stated } m², the map measures { $map } m²: equal but for rounding.
area-paper-within = The certificate states { $stated } m², the map measures { $map } m²: the difference of { $difference } m² is within { $allowed } m² for a map { $scale }.
area-paper-differs = The certificate states { $stated } m², the map measures { $map } m²: the difference of { $difference } m² exceeds { $allowed } m² for a map { $scale }; re-measure or explain the boundary.
area-paper-no-scale = The certificate states { $stated } m², the map measures { $map } m²; the map's scale is not known, so the difference of { $difference } m² cannot be judged.
area-registered-none = No area is registered.
area-registered-zero = { $stated } m² are registered; the map measures { $map } m².
area-registered-rounding = { $stated } m² are registered, the map measures { $map } m²: equal but for rounding.
area-registered-within = { $stated } m² are registered, the map measures { $map } m²: the difference of { $difference } m² is within { $allowed } m² for a map { $scale }.
area-registered-differs = { $stated } m² are registered, the map measures { $map } m²: the difference of { $difference } m² exceeds { $allowed } m² for a map { $scale }.
area-registered-no-scale = { $stated } m² are registered, the map measures { $map } m²; the map's scale is not known, so the difference of { $difference } m² cannot be judged.

## parcel.land_use
use-agrees = The purpose agrees: { $paper } on paper, { $map } on the map.
use-agrees-by-group = The purpose agrees by its group: { $paper } on paper, { $map } on the map.
use-differs = The purpose differs: { $paper } on paper, { $map } on the map.
use-only-on-paper = Only on paper: { $code }
use-only-on-map = Only on the map: { $code }
use-none-on-paper = The certificate states no purpose; the map says { $map }.
use-none-on-map = The map states no land use; the certificate says { $paper }.

## parcel.vertices
vertices-none = The certificate has no vertex table.
vertices-too-few = The certificate's vertex table has too few vertices to compare.
vertices-no-scale = The map's scale is not known, so deviations of vertices cannot be judged.
vertices-no-limit = No limit is known for a map { $scale }.
vertices-agree = The vertex table agrees with the map: largest deviation { $largest } m (vertex { $vertex }), allowed { $allowed } m.
vertices-differ = The vertex table differs from the map: largest deviation { $largest } m (vertex { $vertex }), allowed { $allowed } m.
vertices-shifted = The vertex table has the map's shape but lies { $shift_north } m north and { $shift_east } m east of it: another coordinate system is likely.
vertices-swapped = The vertex table fits only with X and Y exchanged; then the largest deviation is { $largest } m.
vertices-count-differs = The table has { $paper_count } vertices, the map { $map_count }; largest deviation { $largest } m, allowed { $allowed } m.
vertices-other-reading = As written, the vertex table is up to { $largest } m off the map (allowed { $allowed } m); read as { $definition } it fits, with { $residual } m left at most. Nothing was transformed; a person must decide.
reading-zone = Read with another central meridian ({ $definition }): { $residual } m off.
reading-utm = Read as UTM grid ({ $definition }): { $residual } m off.
reading-wgs84 = Read as WGS 84 degrees ({ $definition }): { $residual } m off.
reading-vn2000 = Read as VN-2000 degrees ({ $definition }): { $residual } m off.
reading-swapped = Read with X and Y exchanged ({ $definition }): { $residual } m off.
reading-scale = Read with the scale factor 0.9996 ({ $definition }): { $residual } m off.
reading-no-shift = Read without the datum shift between WGS 84 and VN-2000, "internal VN-2000" ({ $definition }): { $residual } m off.
reading-operation = Read with another datum operation than the national one ({ $definition }): { $residual } m off.
reading-separator = Read with thousands or decimal marks misplaced ({ $definition }): { $residual } m off.
vertex-residual = Vertex { $vertex } (X { $north }, Y { $east }): { $residual } m off.
edge-difference = Side { $from }–{ $to }: { $paper } m on paper, { $map } m on the map, difference { $difference } m.

## parcel.boundary
boundary-valid = The boundary is valid; the parcel measures { $area } m².
boundary-invalid = The boundary on the map is not valid: { $count } flaws.
boundary-sliver = The parcel measures only { $area } m², below { $allowed } m²: probably a remnant of drawing.
boundary-parts = The parcel consists of { $count } separate parts.

## parcel.neighbours
neighbours-clear = No overlap and no gap with { $count } neighbouring parcels beyond the tolerance.
neighbours-hit = Overlaps and gaps with neighbouring parcels add up to { $area } m².
neighbours-failed = The neighbouring parcels could not be read: { $reason }
neighbours-truncated = More than { $count } neighbouring parcels: not all were read.
neighbours-invalid = A neighbouring parcel has an invalid boundary and could not be compared.
neighbour-invalid = Sheet { $sheet }, parcel { $number }: the boundary is not valid.
neighbour-overlap = Sheet { $sheet }, parcel { $number }: { $area } m² overlap.
neighbour-gap = A gap of { $area } m² beside the parcel.

## parcel.commune
commune-no-theme = No map of commune boundaries is set up.
commune-within = The parcel lies within commune { $commune }.
commune-outside = { $area } m² of the parcel lie outside commune { $commune } (allowed { $allowed } m²).
commune-other = { $area } m² lie in commune { $commune }.

## parcel.access
access-no-theme = No map of roads and ways is set up.
access-found = { $theme_en }: { $length } m of the boundary lie along a road or way (within { $near } m).
access-none = { $theme_en }: no road or way within { $near } m of the parcel.

## Themes
theme-clear = { $theme_en }: nothing on the parcel.
theme-hit = { $theme_en }: { $area } m², { $percent } % of the parcel.
theme-hit-line = { $theme_en }: a line runs { $length } m through the parcel.
theme-no-layer = { $theme_en }: no layer was published, so nothing was checked.
theme-outside = { $theme_en }: the layers do not cover the parcel.
theme-partly = { $theme_en }: { $area } m² of the parcel are not covered by any layer.
theme-stale = { $theme_en }: the source of { $date } is older than { $days } days and can no longer prove that nothing is there.
theme-failed = { $theme_en }: not everything could be read, so nothing is called clear.
theme-incomplete = { $theme_en }: rows of the source could not be taken over, so nothing is called clear.
theme-rows-aside = Layer { $layer } version { $number }: of { $count } rows set aside at import, some lie here; they are not in the map (diaba layer show).
theme-rows-lost = Layer { $layer } version { $number }: { $count } rows set aside at import may lie anywhere; they are not in the map (diaba layer show).
theme-query-failed = Layer { $layer } could not be read: { $reason }
theme-query-truncated = Layer { $layer } has more than { $count } features here; not all were read.
theme-broken-feature = Features without valid coordinates, not measured: { $features }
theme-width-unknown = Lines and points that do not say how wide their strip is: { $features }
theme-extent-unknown = Points on the parcel, or within the accuracy of its boundary, that do not say how much ground they take: { $features }
theme-repaired = Features whose outline crosses itself, repaired before measuring: { $features }
theme-code-area = { $code } ({ $title_en }): { $area } m², { $percent } %; between { $low } and { $high } m² given the accuracy of both maps.
theme-code-line = { $code } ({ $title_en }): { $length } m.
theme-sliver = { $code }: only { $area } m², a sliver from drawing.
theme-touch = { $code }: only touches the boundary.
theme-near = { $code }: { $distance } m beside the parcel; up to { $high } m² are possible within the accuracy of both maps.

## planning.road_corridor
corridor-remains = { $area } m² remain of the parcel; between { $low } and { $high } m² given the accuracy of both maps.

## planning.composition
zone-use-fits = { $theme_en }: today's use ({ $use }) fits the zones.
zone-wish-fits = { $theme_en }: the wished use ({ $use }) fits the zones.
zone-use-misfit = { $theme_en }: today's use ({ $use }) does not fit on { $area } m² ({ $percent } %).
zone-wish-misfit = { $theme_en }: the wished use ({ $use }) does not fit on { $area } m² ({ $percent } %).
zone-use-unknown = { $theme_en }: the use is not known, so { $area } m² cannot be judged.
zone-informs = { $theme_en }: for information, the plan sets no use.
zone-none = In no zone: { $area } m², { $percent } %.
zone-hole = { $theme_en }: the plan gives { $area } m² of the parcel no use.
zone-doubled = In more than one zone: { $area } m², { $percent } %, counted again in every further zone; the shares less this are 100 %.
zone-lines = Lines without an area run { $length } m through the parcel; what use they give cannot be told.
zone-code-unknown = Zone { $code } is not in the code list.

## split.minimum
split-part-fits = { $area } m² for { $use } (road corridor of { $lost } m² left out); the least is { $most } m².
split-part-between = { $area } m² for { $use } (road corridor of { $lost } m² left out); area or sides are enough for some places of the province only (area from { $least } to { $most } m²).
split-part-small = { $area } m² for { $use } (road corridor of { $lost } m² left out): area or a side is below the least (area { $least } m²).
split-count-fits = { $parts } parts of about { $area } m² each out of { $net } m² for { $use }; the least is { $most } m².
split-count-between = { $parts } parts of about { $area } m² each out of { $net } m² for { $use }: enough for some places of the province only ({ $least } to { $most } m²).
split-count-small = { $parts } parts of about { $area } m² each out of { $net } m² for { $use }: below { $least } m².
split-width = Width { $side } m; the least is { $least } to { $most } m.
split-depth = Depth { $side } m; the least is { $least } to { $most } m.
split-range = Within the accuracy of the maps the area is { $low } to { $high } m².
split-needs-drawing = Width and depth can be judged only when the parts are drawn.
split-bad-drawing = The drawing of the part is not a valid polygon.
split-use-unknown = The land use is not known, so no least size can be named.
split-no-value = The province's decision as known here names no least size for { $use }.
split-whole = The drawn parts make up the whole parcel (difference { $area } m²).
split-not-whole = The drawn parts differ from the parcel by { $area } m² (allowed { $allowed } m²).
split-no-corridor = No map of road corridors is set up, so land within them was not left out.
