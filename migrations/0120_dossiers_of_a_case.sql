-- What lies with authorities is kept by dossier, each with its procedure: what is decided about one that lies beside does not decide
-- the case. Cases are folded anew.
update case_file set standing = null;
