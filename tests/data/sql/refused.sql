-- Queries that are refused, each with words of the reason, after a bar.
select user_id, churn as c from users where c > 0.9 | no column c
select segment, count(*) as n from users where n > 1 group by segment | no column n
select mode(event) as m from events | no function mode()
select count(*) as n from users where width_bucket(churn, 0, 1, 10) > 3 | no function width_bucket()
select u.user_id, l.item_id from users u cross join lateral (select e.item_id from events e where e.user_id = u.user_id order by e.time desc limit 1) l | row_number()
select interval '1 day' * 3 as span | interval
select count(*) as n from users where (segment, uplift_group) in (select 'Lapsed browsers', 'persuadable') | one column
select * from users u natural join ltv | name the columns
select last_day(date '2015-02-11') as d | no function last_day()
select cast('abc' as int) as a | 'abc'
select date_diff('week', min(time), max(time)) as weeks from events | date_diff
select count(*) from nowhere | no table nowhere; the tables are users, events
select count(*) from user | did you mean users?
select chrun from users | no column chrun; did you mean churn?
select cuont(*) from users | no function cuont(); did you mean count()?
select 7 % 0 as a | divided by zero
select * from users where ( | not SQL
select * from read_parquet('/etc/passwd') | read_parquet
select * from 'http://127.0.0.1/users.parquet' | no table
select * from "/etc/passwd" | no table
copy users to 'out.csv' | not COPY
create table mine as select * from users | not CREATE
insert into users select * from users | not INSERT
set threads = 1 | not SET
drop table users | not DROP
select 1; drop table users | one query at a time
with a as (select 1) insert into users select * from a | only reads
select 9223372036854775807 + 1 as a | outgrow 64 bits
select user_id * 9223372036854775807 as a from users where user_id > 1 | outgrow 64 bits
select sum(9223372036854775807) as a from users | outgrow 64 bits
select user_id from users u where segment not in (select e.event from events e where e.user_id = u.user_id) | not exists
select user_id from users u where not (segment in (select e.event from events e where e.user_id = u.user_id) or churn > 2) | not exists
