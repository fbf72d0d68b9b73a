-- Shares, totals and ranks of groups
select event, 100.0 * count(*) / sum(count(*)) over () as percent from events group by event
select segment, count(*) as people, count(*) * 1.0 / sum(count(*)) over () as part from users group by segment
select segment, sum(ltv) as expected, sum(sum(ltv)) over () as in_all from users group by segment
select event, count(*) as seen, rank() over (order by count(*) desc) as place from events group by event
select event, count(*) as seen, sum(count(*)) over () as in_all from events group by event order by event
select uplift_group, segment, count(*) * 1.0 / sum(count(*)) over (partition by segment) as part from users group by segment, uplift_group order by segment, uplift_group limit 4
select event, count(*) as seen, row_number() over (order by event desc) as line from events group by event order by line
select event, seen, seen * 100.0 / sum(seen) over () as percent from (select event, count(*) as seen from events group by event)
with counted as (select event, count(*) as seen from events group by event) select event, seen * 100.0 / sum(seen) over () as percent from counted
select segment, avg(avg(ltv)) over () as mean_of_means from users group by segment
select segment, count(*) as people, row_number() over (order by segment) as line from users group by segment
select segment, uplift_group as kind, count(*) * 1.0 / sum(count(*)) over (partition by segment) as part from users group by segment, uplift_group
select event, seen, seen * 100.0 / sum(seen) over () as percent from (select event, count(*) as seen from events group by event) order by seen desc
select category_path, sum(transactions) as sold, rank() over (order by sum(transactions) desc) as place from items group by category_path order by place, category_path nulls last limit 6
select segment, count(*) as people, round(avg(churn), 3) as risk, round(100.0 * count(*) / (select count(*) from users), 1) as percent from users group by segment order by people desc

-- Parts of times
select extract(dow from time) as weekday, count(*) as seen from events group by weekday order by weekday
select extract(week from time) as week, count(*) as seen from events group by week order by week
select extract(year from time) as y, extract(month from time) as m, count(*) as seen from events group by y, m order by y, m
select date_part('month', time) as m, count(*) as seen from events group by m order by m
select date_trunc('month', time) as m, count(*) as seen from events group by 1 order by 1
select date_trunc('week', time) as w, count(*) as seen from events group by 1 order by 1
select strftime(time, '%Y-W%V') as w, count(*) as seen from events group by w order by w
select strftime(time, '%Y-%m') as m, count(*) as seen from events group by 1 order by 1
select year(time) as y, month(time) as m, count(*) as seen from events group by 1, 2 order by 1, 2
select dayname(time) as d, count(*) as seen from events group by 1 order by 2 desc, 1
select monthname(time) as m, count(*) as seen from events group by 1 order by 1
select hour(time) as h, count(*) as seen from events group by 1 order by 1
select extract(hour from time at time zone 'Europe/Rome') as h, count(*) as seen from events group by 1 order by 1
select date_trunc('day', time at time zone 'America/Chicago') as d, count(*) as seen from events group by 1 order by 1 limit 6
select date_diff('day', min(time), max(time)) as days from events
select date_diff('month', min(time), max(time)) as months from events
select date_diff('hour', min(time), max(time)) as hours from events
select extract(epoch from max(time) - min(time)) / 86400 as days from events
select count(*) as n from events where time between '2015-06-01' and '2015-07-15'
select count(*) as n from events where time::date = '2015-06-20'
select count(*) as n from events where cast(time as date) between date '2015-06-01' and date '2015-06-30'
select count(*) as n from events where time >= timestamp '2015-06-01' and time < timestamp '2015-06-01' + interval '1 month'
select count(*) as n from events where time >= (select max(time) from events) - interval '30 days'
select count(*) as n from events where time > (select max(time) from events) - interval '14' day
select count(*) as n from events where time > now() - interval '7 days'
select min(time) - interval '1 year 2 months' as before from events
select date '2015-01-31' + interval '1 month' as later
select timestamp '2015-06-01 12:00:00' - timestamp '2015-05-30 10:00:00' as span
select user_id, time, event from events order by time desc, user_id limit 3
select user_id, max(time) as last from events group by user_id order by max(time) desc, user_id limit 4
select user_id, time - lag(time) over (partition by user_id order by time, item_id) as gap from events where user_id = 411 order by time, item_id limit 5
select day.d as d, count(e.user_id) as seen from (select cast(generate_series as timestamp) as d from generate_series(timestamp '2015-06-01', timestamp '2015-06-06', interval '1 day')) day left join events e on date_trunc('day', e.time) = day.d group by day.d order by day.d
select cast(time as date) as d, count(*) as seen, sum(count(*)) over (order by cast(time as date)) as so_far from events group by cast(time as date) order by d limit 6
select d, seen, avg(seen) over (order by d rows between 6 preceding and current row) as smooth from (select cast(time as date) as d, count(*) as seen from events group by 1) order by d limit 12

-- Counts, sums and conditions
select count(*) as n, count(price) as priced, count(distinct user_id) as people, sum(price) as s, avg(price) as a, min(price) as lo, max(price) as hi from events
select sum(price), avg(price) from events
select min(price), max(price) from events
select count(*) filter (where event = 'view') as v, count(*) filter (where event = 'transaction') as t from events
select user_id, count(*) as n from events group by user_id having count(*) > 40 order by n desc, user_id
select sum(price) as s from events where event = 'nothing'
select avg(price) as a from events where event = 'nothing'
select count(*) as n from users where spend > 0
select count(*) as n from users where not (spend > 0)
select count(*) as n from users where view_cart_ratio is null
select count(*) as n from users where view_cart_ratio <> 0
select count(*) as n from users where avg_time_between_events > 0 or avg_time_between_events is null
select segment, max(churn) - min(churn) as spread from users group by segment order by segment
select case when churn > 0.7 then 'high' when churn > 0.4 then 'middle' else 'low' end as risk, count(*) as n, avg(ltv) as l from users group by risk order by risk
select distinct event from events order by event
select segment from users where segment like '%BUYER%' limit 1
select count(*) as n from users where segment ilike '%BUYER%'
select count(*) as n from users where segment like 'R%b_y%'
select max(n) as most from (select user_id, count(*) as n from events group by user_id)
select sum(case when event = 'transaction' then 1 else 0 end) * 1.0 / count(*) as part from events
select sum(case when event = 'transaction' then 1 else 0 end) / count(*) as part from events
select count(distinct case when event = 'transaction' then user_id end) as buyers from events
select sum(n) as n from (select event, count(*) as n from events group by event)
select count(*) as n from events where event in ('view', 'transaction') and item_id % 3 = 0
select user_id, count(*) as n from events group by all order by 2 desc, 1 limit 4
select segment, uplift_group, count(*) as n from users group by segment, uplift_group order by segment, uplift_group
select segment, sum(case when uplift_group = 'persuadable' then 1 else 0 end) as p, sum(case when uplift_group = 'sleeping dog' then 1 else 0 end) as d from users group by segment order by segment
select date_trunc('month', time) as m, count(*) filter (where event = 'view') as v, count(*) filter (where event = 'addtocart') as c, count(*) filter (where event = 'transaction') as t from events group by 1 order by 1
select count(*) as n from events where price is not null and price between 100 and 20000
select event, min(price) as lo, max(price) as hi from events group by event order by event
select sum(price) as s, avg(price) as a from events where event = 'transaction'
select event, sum(price) / count(distinct user_id) as each from events where event = 'transaction' group by event
select user_id, count(distinct time::date) as days from events group by user_id order by days desc, user_id limit 4
select item_id, count(*) as n from events where event = 'transaction' group by item_id order by n desc, item_id limit 6
select segment, avg(churn) - (select avg(churn) from users) as more from users group by segment
select count(*) as n from users where churn > (select avg(churn) from users)
select sum(price) filter (where event = 'transaction') as bought, avg(price) filter (where event = 'view') as looked from events
select event, count(*) from events group by event order by count(*) desc limit 1
select sum(spend) / sum(transactions) as each from users
select sum(transactions) / count(*) as each from users
select segment, sum(transactions) * 1.0 / sum(views) as conversion from users group by segment order by segment
select count(distinct (user_id, item_id)) as pairs from events
select user_id, item_id, count(*) as n from events group by user_id, item_id having count(*) > 6 order by n desc, user_id, item_id
select case segment when 'Lapsed browsers' then 'A' else 'B' end as k, count(*) as n from users group by 1 order by 1
select floor(churn * 10) / 10 as bin, count(*) as n from users group by 1 order by 1
select bool_and(available) as every_one, bool_or(available) as any_one, count(*) as n from items
select any_value(event) is not null as known, min(event) as lo, max(segment) as hi from events e join users u using (user_id)
select count_if(event = 'view') as v from events
select segment from users group by segment having avg(churn) > (select avg(churn) from users) order by 1
select count(*) as n from users where segment like 'Recent%' and uplift_group not like '%dog'
select count(*) as n from users where segment similar to '(Recent|Lapsed).*'
select count(*) as "Zahl der Käufe" from events where event = 'transaction'

-- Arithmetic, casts, text
select 5 / 2 as a, 7 % 3 as b, -7 / 2 as c, 1.0 / 3 as d
select cast(2.7 as int) as a, cast(-2.7 as int) as b, round(2.5) as c, round(3.5) as d, round(-2.5) as e, floor(-2.5) as f, ceil(-2.5) as g
select cast(churn * 10 as int) as tenth, count(*) as n from users group by 1 order by 1
select 1 / 0 as a
select 1.0 / 0 as a, 0.0 / 0 as b
select least(churn, ltv) as lo, greatest(churn, ltv) as hi from users order by user_id limit 3
select nullif(spend, 0) as s from users order by user_id limit 4
select coalesce(avg_time_between_events, -1) as s from users order by user_id limit 5
select 'a' || 'b' as x, length('äb') as l, upper('ä') as u, replace('aba', 'a', 'c') as r, position('b' in 'abc') as p, substr('abcdef', 2, 3) as s, left('abc', 2) as l2
select lower(segment) as a, upper(segment) as b, length(segment) as c, trim('  x ') as d, lpad('7', 3, '0') as e, concat(segment, '!') as f, substring(segment from 1 for 3) as g, reverse('abc') as h from users order by user_id limit 1
select try_cast('abc' as int) as a, cast('12' as int) as b
select coalesce(price, 0) as p, nullif(event, 'view') as e from events order by time, item_id, event limit 4
select greatest(churn, ltv, 0.5) as g, abs(-3) as a, mod(7, 3) as m, power(2, 10) as p, sqrt(16) as s, ln(1) as l, log10(100) as t, floor(1.7) as f, sign(-2) as sg from users order by user_id limit 1
select cast(churn as decimal(5, 2)) as d, churn::varchar is not null as v from users order by user_id limit 3
select regexp_replace(category_path, '/.*', '') as root, count(*) as n from items group by 1 order by n desc, 1 limit 5
select split_part(category_path, '/', 1) as a, split_part(category_path, '/', 2) as b, count(*) as n from items where category_path is not null group by 1, 2 order by n desc, a, b limit 5
select count(*) as n from items where category_path ~ '^[0-9]+/[0-9]+$'
select count(*) as n from items where regexp_matches(category_path, '^36/')
select 'it''s' as a, "segment" from users order by user_id limit 1
select SEGMENT, COUNT(*) AS N FROM USERS GROUP BY SEGMENT ORDER BY SEGMENT
select /* all of them */ count(*) as n from users;
select len('häb') as a, len(items) as n from recommendations order by user_id limit 3

-- Statistics
select stddev(ltv) as s, var_samp(ltv) as v from users
select stddev_pop(ltv) as s from users
select median(ltv) as m from users
select median(views) as m from users
select corr(churn, ltv) as c from users
select corr(churn, ltv) as c, covar_pop(churn, ltv) as v, regr_slope(ltv, churn) as s, stddev_samp(ltv) as d from users
select percentile_cont(0.5) within group (order by ltv) as half, percentile_cont(0.9) within group (order by ltv) as most from users
select segment, percentile_cont(0.5) within group (order by revenue) as half from users group by segment order by segment
select segment, median(ltv) as m, quantile_cont(ltv, 0.25) as q from users group by segment order by segment

-- Sets, values, grouping sets
select event from events union select segment from users order by 1
select event as word from events union select segment from users order by 1 limit 3
select count(*) as n from (select user_id from users intersect select user_id from events where event = 'transaction')
select count(*) as n from (select user_id from events where event = 'view' except select user_id from events where event = 'transaction') t
select 'a' as x union all select 'b' order by x desc
select * from (values (1, 'a'), (2, 'b')) t(x, y)
select segment, count(*) as n from users group by rollup(segment)
select segment, uplift_group, count(*) as n from users group by rollup(segment, uplift_group) order by segment nulls last, uplift_group nulls last
select segment, uplift_group, count(*) as n from users group by grouping sets ((segment), (uplift_group), ()) order by segment nulls last, uplift_group nulls last
select segment, uplift_group, count(*) as n, grouping(segment) as g from users group by cube(segment, uplift_group) order by segment nulls last, uplift_group nulls last, g
select count(*) as n from users cross join (select 1 as one)
with recursive numbers(x) as (select 1 union all select x + 1 from numbers where x < 10) select sum(x) as s from numbers
select * from users limit 0
select count(*) as n from (select user_id from users limit 10 offset 98) t
select user_id from users where segment = 'Lapsed browsers' order by churn desc, user_id limit 5 offset 5
select user_id, ltv from users order by ltv desc, user_id limit 5
select * exclude (pc1, pc2) from segments order by user_id limit 2
select distinct on (user_id) user_id, time, event from events order by user_id, time desc, event limit 5

-- Joins
select e.user_id, i.category from events e left join items i on e.item_id = i.item_id where e.event = 'transaction' order by e.user_id, i.category nulls last
select u.user_id, count(e.user_id) as n from users u left join (select * from events where event = 'transaction') e on u.user_id = e.user_id group by u.user_id order by n desc, u.user_id
select count(distinct a.user_id) as n from events a left join events b on a.user_id = b.user_id and b.event = 'transaction' where b.user_id is null
select count(*) as n from (select a.user_id, count(*) as k from events a join events b on a.user_id = b.user_id and a.event = 'view' and b.event = 'transaction' and b.time >= a.time group by a.user_id)
select a.user_id, count(*) as n from events a join events b on a.user_id = b.user_id and a.event = 'view' and b.event = 'transaction' and b.time >= a.time group by a.user_id order by n desc, a.user_id
select count(*) as n from events a join events b on a.user_id = b.user_id
select count(*) as n from events a join events b on a.user_id = b.user_id and a.event = 'view'
select count(*) as n from events a join events b on a.user_id = b.user_id and b.event = 'transaction'
select count(*) as n from events a join events b on a.user_id = b.user_id and a.event = 'view' and b.event = 'transaction'
select count(*) as n from events a join events b on a.user_id = b.user_id and b.time >= a.time
select count(*) as n from events a join events b on a.user_id = b.user_id where a.event = 'view' and b.event = 'transaction'
select count(*) as n from events a join events b on a.user_id = b.user_id where a.event = 'view' and b.event = 'transaction' and b.time >= a.time
select count(*) as n from events a join events b on a.user_id = b.user_id where b.time > a.time
select count(*) as n from events v join events c on v.user_id = c.user_id and v.item_id = c.item_id where v.event = 'view' and c.event = 'addtocart'
select count(*) as n from users u left join events e on u.user_id = e.user_id and e.event = 'transaction'
select count(*) as n from users u left join events e on u.user_id = e.user_id and e.event = 'transaction' where e.user_id is null
select count(*) as n from users u join events e on u.user_id = e.user_id where e.event = 'transaction' and u.churn > 0.3
select u.segment as s, sum(e.price) as p from users u join events e on u.user_id = e.user_id where e.event = 'transaction' group by u.segment
select u.segment as s, e.event as what, count(*) as n from users u join events e on u.user_id = e.user_id group by u.segment, e.event
select u.user_id as a, e.user_id as b from users u left join (select distinct user_id from events where event = 'transaction') e on u.user_id = e.user_id order by a limit 6
select a.user_id as u, a.segment as s1, b.segment as s2 from users a join users b on a.user_id = b.user_id where a.segment <> b.segment
select a.item_id as x, b.item_id as y, count(*) as n from events a join events b on a.user_id = b.user_id where a.event = 'transaction' and b.event = 'transaction' and a.item_id < b.item_id group by a.item_id, b.item_id order by n desc, x, y limit 5
select a.item_id as x, b.item_id as y, count(*) as n from events a join events b on a.transaction_id = b.transaction_id and a.item_id < b.item_id group by a.item_id, b.item_id order by n desc, x, y limit 4
with v as (select user_id, min(time) as seen from events where event = 'view' group by user_id), p as (select user_id, min(time) as bought from events where event = 'transaction' group by user_id) select count(*) as n from v join p on v.user_id = p.user_id where p.bought >= v.seen
with v as (select user_id, min(time) as t from events where event = 'view' group by user_id), p as (select user_id, min(time) as t from events where event = 'transaction' group by user_id) select count(*) as n from v join p on v.user_id = p.user_id where p.t >= v.t
with v as (select user_id, min(time) as t from events where event = 'view' group by user_id), p as (select user_id, min(time) as t from events where event = 'transaction' group by user_id) select count(*) as n from v left join p on v.user_id = p.user_id where p.t is null
with b as (select user_id, min(time) as t from events where event = 'transaction' group by user_id), v as (select user_id, min(time) as t from events where event = 'view' group by user_id) select count(*) as n, avg(date_part('epoch', b.t - v.t)) as seconds from b join v on b.user_id = v.user_id
select u.segment as s, i.category as c, count(*) as n from events e join users u on e.user_id = u.user_id join items i on e.item_id = i.item_id where e.event = 'transaction' and i.category is not null group by u.segment, i.category order by n desc, s, c limit 5
select count(*) as n from items i join events e on e.item_id = i.item_id join users u on u.user_id = e.user_id
select count(*) as n from users u join events e on e.user_id = u.user_id join items i on i.item_id = e.item_id where i.price > 1000
select count(*) as n from users u left join churn c on u.user_id = c.user_id left join ltv l on l.user_id = u.user_id
select u.user_id as a, c.churn as b, u.churn as d from users u join churn c on u.user_id = c.user_id order by a limit 3
select u.user_id as a, l.ltv as b from users u join ltv l using (user_id) order by a limit 3
select count(*) as n from users natural join churn
select e.price as p1, i.price as p2 from events e join items i on e.item_id = i.item_id where e.event = 'transaction' order by p1, p2 limit 3
select count(*) as n from events e join items i on e.item_id = i.item_id where e.price <> i.price
select count(*) as n from events e join items i on e.item_id = i.item_id where i.price > 20000
select count(*) as n from users u where u.user_id not in (select e.user_id from events e where e.event = 'transaction')
select user_id from users where user_id not in (select user_id from events where event = 'transaction') order by user_id limit 7
select count(*) as n from users u where not exists (select 1 from events e where e.user_id = u.user_id and e.event = 'transaction')
select count(*) as n from users u left join (select distinct user_id from events where event = 'transaction') b on u.user_id = b.user_id where b.user_id is null
select count(*) as n from users u left join (select distinct user_id as buyer from events where event = 'transaction') b on u.user_id = b.buyer where b.buyer is null
select u.segment as s, count(b.user_id) as n from users u left join (select distinct user_id from events where event = 'transaction') b on u.user_id = b.user_id group by u.segment order by s
select u.segment as s, sum(case when b.user_id is not null then 1 else 0 end) as n from users u left join (select distinct user_id from events where event = 'transaction') b on u.user_id = b.user_id group by u.segment order by s
select count(*) as n from events where item_id not in (select item_id from items)
select a.segment, b.segment as s2, count(*) as n from users a join users b on a.user_id = b.user_id + 2 group by 1, 2 order by n desc, 1, 2 limit 5
select count(*) as n from users u semi join events e on e.user_id = u.user_id and e.event = 'transaction'
select count(*) as n from users u anti join events e on e.user_id = u.user_id and e.event = 'transaction'
select user_id from events where user_id not in (select case when item_id = 2 then null else user_id end from events where event = 'transaction') order by 1 limit 3
select count(*) as n from users where user_id not in (select top_category from users)
select u.segment, count(distinct e.item_id) as n from users u, events e where u.user_id = e.user_id and e.event = 'view' group by u.segment order by 1
select * from segments s join ltv l on s.user_id = l.user_id order by s.user_id limit 2
select * from segments s join ltv l using (user_id) join churn using (user_id) order by user_id limit 2
select count(*) as n from events e join (select user_id, min(time) as t from events group by user_id) a on e.user_id = a.user_id and e.time = a.t
with a as (select user_id, min(time) as t from events group by user_id) select count(*) as n from events e join a on e.user_id = a.user_id and e.time = a.t
select now_.segment as now_, was.segment as was, count(*) as n from users now_ join previous.users was using (user_id) group by 1, 2 order by 1, 2

-- Subqueries
select user_id, churn from users u where churn > (select avg(churn) from users x where x.segment = u.segment) order by churn desc, user_id limit 5
select segment, (select count(*) from users x where x.segment = u.segment and x.churn > 0.6) as n from (select distinct segment from users) u order by segment
select count(*) as n from users u where exists (select 1 from events e where e.user_id = u.user_id and e.event = 'transaction' and e.price > 10000)
select user_id from users where churn is distinct from ltv order by user_id limit 1

-- Windows
select user_id, sum(price) over (partition by user_id order by time) as so_far from events where event = 'transaction' order by user_id, so_far
select user_id, avg(price) over (partition by user_id) as a from events where event = 'transaction' order by user_id, a
select user_id, rank() over (order by ltv desc) as r from users order by r, user_id
select user_id, dense_rank() over (order by segment) as r from users order by user_id
select first_value(event) over (partition by user_id order by time, item_id, event) as f, user_id from events order by user_id, f limit 5
select user_id, lag(price) over (partition by user_id order by time, item_id) as p from events where event = 'transaction' order by user_id, p
select user_id as u, avg(price) over (partition by user_id order by time, item_id rows between unbounded preceding and current row) as a from events where event = 'transaction' order by u, a
select user_id, avg(price) over (partition by user_id order by time, item_id rows between unbounded preceding and current row) as m from events where event = 'transaction' and price is not null order by user_id, m limit 6
select user_id as u, count(*) over (partition by user_id order by time) as a from events order by u, a
select user_id as u, max(time) over (partition by user_id order by time) as a from events where user_id < 20 order by u, a
select user_id as u, last_value(event) over (partition by user_id order by time) as a from events where user_id < 20 order by u, a
select user_id as u, rank() over (partition by user_id order by price desc) as a, price as p from events where event = 'transaction' order by u, a, p
select user_id, time, price, sum(price) over (partition by user_id order by time, item_id rows unbounded preceding) as s from events where event = 'transaction' and user_id = 411 order by time, item_id limit 10
select tenth, count(*) as n, avg(ltv) as m from (select ltv, ntile(10) over (order by ltv desc, user_id) as tenth from users) t group by tenth order by tenth
select user_id, event, time from events qualify row_number() over (partition by user_id order by time desc, event, item_id) = 1 order by user_id limit 5
select * from (select user_id, item_id, row_number() over (partition by user_id order by time, item_id, event) as r from events) t where r = 2 order by user_id limit 5
select user_id, lag(time) over (partition by user_id order by time, item_id) as p, lead(event) over (partition by user_id order by time, item_id) as nx from events where user_id = 6 order by time, item_id limit 3
select avg(gap) as a from (select date_part('epoch', time - lag(time) over (partition by user_id order by time)) as gap from events) t
select user_id, first_value(event) over w as f, last_value(event) over w as l from events where user_id = 411 window w as (partition by user_id order by time, item_id rows between unbounded preceding and unbounded following) limit 1
select user_id, cume_dist() over (order by ltv, user_id) as c, percent_rank() over (order by ltv, user_id) as p from users order by ltv desc, user_id desc limit 3

-- Lists
select segment, string_agg(uplift_group, ',' order by uplift_group) as s from (select distinct segment, uplift_group from users) t group by segment order by segment
select event, array_agg(distinct event) as a from events group by event order by event
select user_id, unnest(items) as item from recommendations order by user_id, item limit 7
select item, count(*) as n from (select unnest(items) as item from recommendations) t group by item order by n desc, item limit 5
select r.user_id, i.category_path, count(*) as n from (select user_id, unnest(items) as item_id from recommendations) r join items i on i.item_id = r.item_id where i.category_path is not null group by 1, 2 order by n desc, 1, 2 limit 5
select user_id, items[1] as a, scores[1] as s from recommendations order by user_id limit 3
select user_id, array_length(items) as n from recommendations order by n desc, user_id limit 3
select count(*) as n from recommendations where array_has(items, 60)
select count(*) as n from recommendations where 60 = any(items)
select user_id, len(items) as n from recommendations order by user_id limit 3
select source, avg(scores[1]) as a from recommendations group by source order by source

-- An analyst's day
select min(strftime(first, '%Y-%m')) as cohort_of_the_first from (select user_id, min(time) as first from events group by user_id)
select strftime(first, '%Y-%m') as cohort, count(*) as people from (select user_id, min(time) as first from events group by user_id) group by cohort order by cohort
select f.cohort, strftime(e.time, '%Y-%m') as m, count(distinct e.user_id) as people from events e join (select user_id, strftime(min(time), '%Y-%m') as cohort from events group by user_id) f on e.user_id = f.user_id group by f.cohort, strftime(e.time, '%Y-%m') order by cohort, m
with first as (select user_id, min(time) as t0 from events group by user_id) select count(distinct e.user_id) as n from events e join first f on e.user_id = f.user_id where e.time > f.t0 + interval '7 days'
describe users

-- Frames, nested aggregates, lateral joins, dates
select user_id, time, count(*) over (partition by user_id order by time range between interval '1 day' preceding and current row) as in_a_day from events where user_id in (411, 617) order by user_id, time, in_a_day limit 20
select user_id, time, sum(price) over (partition by user_id order by time, item_id rows between 2 preceding and 1 following) as around from events where event = 'transaction' and price is not null order by user_id, time, around
select d, seen, max(seen) over (order by d rows between 3 preceding and 1 preceding) as before, min(seen) over (order by d rows between current row and 2 following) as after from (select time::date as d, count(*) as seen from events group by 1) order by d limit 15
select segment, max(n) as most, avg(n) as usual from (select u.segment, u.user_id, count(*) as n from users u join events e using (user_id) group by 1, 2) group by segment order by segment
select m, seen, seen - lag(seen) over (order by m) as change, 100.0 * (seen - lag(seen) over (order by m)) / lag(seen) over (order by m) as percent from (select date_trunc('month', time) as m, count(*) as seen from events group by 1) order by m
select segment, avg(sum_) as a from (select u.segment, u.user_id, sum(e.price) as sum_ from users u left join events e on e.user_id = u.user_id and e.event = 'transaction' group by 1, 2) group by segment order by segment
select u.user_id, x.n from users u, lateral (select count(*) as n from events e where e.user_id = u.user_id and e.event = 'view') x order by x.n desc, u.user_id limit 5
select count(*) as n from users u left join lateral (select max(e.time) as last from events e where e.user_id = u.user_id) x on true where x.last < timestamp '2015-07-01'
select segment, uplift_group, sum(ltv) as s, sum(sum(ltv)) over (partition by segment order by uplift_group rows unbounded preceding) as so_far, sum(ltv) / sum(sum(ltv)) over (partition by segment) as part from users group by 1, 2 order by 1, 2
select quarter(time) as q, dayofweek(time) as d, count(*) as n from events group by 1, 2 order by 1, 2
select date_trunc('quarter', time) as q, count(distinct user_id) as people from events group by 1 order by 1
select min(time)::date as first, max(time)::date as last, max(time)::date - min(time)::date as days from events
select user_id, date_diff('day', min(time), max(time)) as days, count(*) / (1 + date_diff('day', min(time), max(time))) as per_day from events group by user_id order by days desc, user_id limit 6
select hour(time) between 8 and 19 as by_day, count(*) as n from events group by 1 order by 1
with steps as (select user_id, max(case when event = 'view' then 1 else 0 end) as viewed, max(case when event = 'addtocart' then 1 else 0 end) as put, max(case when event = 'transaction' then 1 else 0 end) as bought from events group by user_id) select sum(viewed) as viewed, sum(viewed * put) as then_put, sum(viewed * put * bought) as then_bought from steps
with gaps as (select user_id, date_diff('day', lag(time) over (partition by user_id order by time), time) as gap from events where event = 'transaction') select gap > 7 as long, count(*) as n, avg(gap) as usual from gaps where gap is not null group by 1 order by 1
select segment, count(*) filter (where ltv > (select avg(ltv) from users)) as above, nth_value(segment, 2) over (order by segment rows between unbounded preceding and unbounded following) as second from users group by segment order by segment
select a.user_id, a.n, b.n as others from (select user_id, count(*) as n from events group by user_id) a join (select user_id, count(*) as n from events where event <> 'view' group by user_id) b using (user_id) where a.n > 3 * b.n order by a.n desc, a.user_id limit 5
select ntile(4) over (order by spend desc, user_id) as quarter_, user_id from users where spend > 0 order by quarter_, user_id limit 12
select item_id, n, sum(n) over (order by n desc, item_id rows unbounded preceding) * 1.0 / sum(n) over () as so_far from (select item_id, count(*) as n from events where event = 'transaction' group by item_id) order by n desc, item_id limit 10
select date_trunc('year', date '2015-02-11') as y, extract(isodow from date '2015-02-01') as w, dayofyear(date '2015-02-11') as n
select coalesce(u.segment, 'all') as segment, count(*) as n, avg(u.churn) as c from users u group by grouping sets ((u.segment), ()) order by n desc, 1
select segment, substr(segment, -3) as behind, substr(segment, -4, 2) as within, substring(segment from -2 for 1) as one, substr(segment, 2, 3) as from_two, substr(segment, 0, 3) as before from (select distinct segment from users) t order by segment
select event, sum(user_id % 7) as n, sum(user_id) filter (where price > 20) as m, sum(distinct user_id % 5) as d, sum(price) as p from events group by event order by event
select user_id, sum(user_id - 3) over (order by user_id rows between 2 preceding and current row) as s, user_id * 3 - 7 as t from users order by user_id limit 20
select n from (select sum(user_id) as n from users) where n > (select sum(user_id) from users where user_id < 10)
select * from (select count(*), sum(user_id + 1) from users) t
