-- PostgreSQL's own full-text search over the same services, as one would build it well: weighted fields, a GIN index,
-- words joined by "or" and ranked by cover density, distance on top. It forgives no slip: that would take an extension.
create table if not exists bench_text as
select
  s.id,
  s.name,
  left(s.description, 240) as summary,
  o.name as organization,
  tags.needs,
  tags.kinds,
  venue.lat,
  venue.lon,
  setweight(to_tsvector('english', s.name), 'A')
  || setweight(to_tsvector('english', coalesce(tags.labels, '')), 'B')
  || setweight(to_tsvector('english', coalesce(o.name, '') || ' ' || coalesce(venue.words, '')), 'C')
  || setweight(to_tsvector('english', coalesce(s.description, '')), 'D') as words
from service s
left join organization o on o.id = s.organization_id
left join lateral (
  select
    array_agg(t.code) filter (where x.name = 'needs') as needs,
    array_agg(t.code) filter (where x.name = 'kind') as kinds,
    string_agg(t.name, ' ') as labels
  from attribute a
  join taxonomy_term t on t.id = a.taxonomy_term_id
  join taxonomy x on x.id = t.taxonomy_id
  where a.service_id = s.id
) tags on true
left join lateral (
  select l.latitude as lat, l.longitude as lon, l.name as words
  from service_at_location sl join location l on l.id = sl.location_id
  where sl.service_id = s.id limit 1
) venue on true
where s.status in ('active', 'temporarily closed');
