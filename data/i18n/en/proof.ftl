proof-title = Check of a verification
proof-valid = VALID: this result was made by the office and has not been changed.
proof-superseded = Note: there is a later, different result for the same case.
proof-unknown = UNKNOWN: the office has made no result of a case with this code. Verdicts of a run over many parcels are not looked up here: each is proved by its own file (diaba check-report).
proof-forged = INVALID: what is on file is not what was signed: { $part }. Only what the record itself says is shown.
proof-unsigned = On file, but NOT SIGNED (made before signatures, or its signature was taken away).
proof-stolen = DO NOT RELY ON IT: key { $key } may have been in other hands since { $since } ({ $reason }), and no head of the hash chain from before covers this signature.
proof-erased = MADE AND SIGNED by the office; its content was deleted when the time for keeping it was over.
proof-digest = SHA-256: { $digest }
proof-as-of = As of: { $date }
proof-outcome = Outcome: { $outcome }
proof-procedure = Procedure: { procedure-name }
proof-findings = Findings: { $counts }
proof-beside = Opinions on its findings until now: { $confirm } confirm, { $correct } correct, { $reject } reject. Ask the office before you rely on a finding that was corrected or rejected.
proof-pages = This page speaks of the record. That the pages of a report are unchanged is proved only by checking the file itself: diaba check-report FILE, with the public key of the office (/check/keys.json).
proof-key = Signing key: { $key }
proof-record-whole = The record is whole: SHA-256, signature, rule set and theme set all fit.
proof-key-given = Compared with the public key that was given.
proof-key-own = NOT TRUSTED YET: compared only with the key inside the file. Use --key with the key the office publishes.
proof-key-needed = The office's public key is needed: --key FILE.pem.
proof-doubt = DOUBT: { $doubt }
proof-file-sealed = The file is whole: the signature covers all its { $bytes } bytes but the signature line itself.
proof-file-changed = THE FILE WAS CHANGED after it was signed; the record it carries is whole: its pages or another part were changed.
proof-none-carried = The file carries no verification: it is another paper of the office (a hand-over record, for example), or a report from before records were carried. Proved is that the office issued this file as it is, not what stands in it.
proof-keys-differ = The record was signed with key { $record }, the file with key { $file } (the key was changed between the two).
proof-verdict = It is the verdict of run { $run } on one parcel, signed together with those on { $beside } others.
proof-root = SHA-256 over all verdicts of the run, as it stands in the chain of the office: { $root }
proof-no-root = The run was not done when this proof was made: there is no SHA-256 over all of it.
doubt-not-a-key = not a public key.
doubt-other-key = signed with key { $signed }, the key at hand is { $held }.
doubt-revoked = key { $key } may have been in other hands since { $since } ({ $reason }); by itself, the signature proves nothing. Ask the page /check/ of the office whether it was in the chain before
doubt-forged = the signature does not fit, something was changed in { $what ->
    [file] the file
    [verification] the record
    [opinions] the list of opinions: one was left out, put in or moved
    [head] the head of the chain
   *[other] { $what }
}.
doubt-form = not a proof of Diaba: { $why }
doubt-hash = { $what ->
    [record] the record
    [rule-set] the rule set
    [theme-set] the theme set
   *[other] { $what }
} was changed: it hashes to { $found }, the proof says { $said }.
doubt-unsigned = the file has no signature line at its end.
proof-opinions = With { $count } opinions of people, each signed and whole.
proof-opinions-all = These are all opinions there were when the proof was made (their list is signed).
proof-opinions-open = NOT PROVED that these are all opinions there were: their list is not signed.
proof-file-title = Check of a file
proof-file-which = The report (PDF) or proof (JSON) as you received it, at most 8 MiB:
proof-file-send = Check
proof-file-kept = The file is read in memory only: nothing of it is kept or written to a log.
proof-file-alone = What this page answers rests on this server. The proof that does not is made on your own machine, without us and without a network: diaba check-report FILE --key office.pem, with the public key of the office that you compare with one you got in another way.
proof-file-keys = Public keys of the office
proof-file-proved = PROVED, as far as this server may be believed: the file is the office's, and nothing in it was changed.
proof-file-doubt = NOT PROVED: do not rely on this file before you have asked the office.
proof-file-now = What the office says of this record now (a newer result, opinions, a stolen key)
proof-file-server = This server read the file and compared it with the keys that it publishes itself.
proof-file-none = No file came: choose one and send it again.
proof-file-large = The file is larger than 8 MiB; use the command line: diaba check-report FILE --key office.pem
proof-file-here = Check the file itself
proof-key-published = Compared with the public keys that this server publishes.
