# What a person says beside a finding.
opinion-head = OPINION: { $stance ->
    [confirm] CONFIRMED
    [correct] CORRECTED
   *[reject] REJECTED
} ({ $by }, { $date })
opinion-corrected = It should say: { $verdict }; measured { $measured }
opinion-reason = Reason: { $reason }
opinion-paper = Backed by: paper { $paper }, version { $version }
opinion-reference = Backed by: { $text }
opinion-carried = Carried from an earlier verification: everything this finding rests on is the same.
opinion-lapsed = LAPSED, to be looked at again: { $why }.
opinion-changed-parcel = the parcel on the map changed
opinion-changed-case = procedure or wish of the case changed
opinion-changed-rule = rule { $rule } changed
opinion-changed-layer = map layer { $layer } changed
opinion-changed-neighbours = the neighbouring parcels changed
opinion-changed-paper = paper { $paper } changed
opinion-changed-said = the finding now says something else
opinion-changed-gone = this finding is no longer made
opinion-orphans = Opinions on findings that are no longer made
