-- A transfer is looked for by its reference, whatever contract it was for.
create index payment_reference on payment (reference);
