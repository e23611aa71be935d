-- A case follows its papers to the parcel they name, until a person says which parcel it is about (who and why: the audit).
-- Cases from before follow their papers: nobody can tell how they came by their parcel.
alter table case_file add column parcel_bound boolean not null default false;
