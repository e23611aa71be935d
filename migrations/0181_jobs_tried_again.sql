-- Whoever watches a run asks every moment which of its jobs failed and wait for their next attempt: few of many.
create index job_tried_again on job (queue) where state = 'pending' and attempts > 0;
