-- What a head's signature covers: in the first form number and hash of the link, in the second its time too.
alter table proof_head
    add column form text not null default 'diaba.head/1' check (form in ('diaba.head/1', 'diaba.head/2'));
alter table proof_head alter column form drop default;
