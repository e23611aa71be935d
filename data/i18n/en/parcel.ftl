# Why a parcel is a candidate (domain/parcel/rank.rs, succession.rs); beside those in land.ftl.
resolve-exact-alias = Commune, sheet and number are a former name of this parcel.
resolve-number-only = Only sheet and number are given, not the commune.
resolve-commune-same = This commune code is in use today.
resolve-commune-divided-default = The old commune was divided; most of it lies in this one.
resolve-commune-divided = The old commune was divided; part of it lies in this one.
resolve-commune-by-name = The commune was found by its name.
resolve-sheet-of-old-commune = The sheet is numbered as in the old commune.
resolve-renumbered = The parcel was renumbered.
resolve-re-surveyed = The parcel was surveyed again.
resolve-split-since = The parcel was split since.
resolve-merged-since = The parcel was merged since.
resolve-declared = Sheet and number were declared by a user.
resolve-not-current = This parcel no longer exists.
resolve-place-fits = The coordinates fit the papers.
resolve-place-differs = The coordinates are far from those on the papers.

# One step of the way from a name to a parcel (flow/parcel/trace.rs).
parcel-step = { $kind ->
    [commune_merged] commune merged
    [renumber] renumbered
    [split] split
    [merge] merged
    [re_survey] surveyed again
   *[other] declared
}
# What `diaba parcel` prints.
parcel-none = { $reference }: no parcel
parcel-known-since = it is known since { $day }; what was before, no map loaded here says
parcel-gone = (no longer drawn)
parcel-act = recorded { $id }: { $kind } of { $from }, from { $day } [{ $decision }], by { $by } on { $recorded }
parcel-act-revoked = revoked on { $day } by { $by }: { $reason }
parcel-zone = zone { $zone }
