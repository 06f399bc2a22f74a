WITH g AS 
(SELECT crm.sales_order.order_date AS d0, sum(crm.sales_order.total) AS p0_s 
FROM crm.sales_order 
WHERE crm.sales_order.deleted_at IS NULL GROUP BY crm.sales_order.order_date), 
source AS 
(SELECT phases.phase AS phase, phases.d0 AS d0, phases.p0_s AS p0_s 
FROM (SELECT 0 AS phase, CAST(date_trunc('month', CAST(g.d0 AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE) AS d0, g.p0_s AS p0_s 
FROM g UNION ALL SELECT 1 AS phase, CAST(CAST(date_trunc('month', CAST(g.d0 AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE) + interval '1 month' AS DATE) AS d0, g.p0_s AS p0_s 
FROM g) AS phases), 
sparse_d0 AS 
(SELECT source.d0 AS d0, sum(source.p0_s) FILTER (WHERE source.phase = :phase_1) AS a0, sum(source.p0_s) FILTER (WHERE source.phase = :phase_2) AS a0_previous_period, bool_or(source.phase = :phase_3) AS present 
FROM source GROUP BY source.d0), 
days_d0 AS 
(SELECT CAST(generate_series(ends.first, least(ends.last, ends.first + interval '1000 month'), interval '1 month') AS DATE) AS day 
FROM (SELECT CAST(min(sparse_d0.d0) AS TIMESTAMP WITHOUT TIME ZONE) AS first, CAST(max(sparse_d0.d0) AS TIMESTAMP WITHOUT TIME ZONE) AS last 
FROM sparse_d0 
WHERE sparse_d0.present 
HAVING count(sparse_d0.d0) > :count_1) AS ends)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0, s0.m1 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0, a.a0_previous_period AS m1 
FROM (SELECT every.d0 AS d0, coalesce(max(every.a0), 0) AS a0, coalesce(max(every.a0_previous_period), 0) AS a0_previous_period 
FROM (SELECT sparse_d0.d0 AS d0, sparse_d0.a0 AS a0, sparse_d0.a0_previous_period AS a0_previous_period, sparse_d0.present AS present 
FROM sparse_d0 UNION ALL SELECT days_d0.day AS d0, NULL AS a0, NULL AS a0_previous_period, true AS present 
FROM days_d0 
WHERE (SELECT count(*) AS count_2 
FROM days_d0) <= :param_1) AS every GROUP BY every.d0 
HAVING bool_or(every.present)) AS a ORDER BY a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0, s1.m1 
FROM (SELECT 1 AS grouping, CAST(NULL AS DATE) AS d0, false AS is_others, a.a0 AS m0, CAST(NULL AS NUMERIC) AS m1 
FROM (SELECT sum(source.p0_s) FILTER (WHERE source.phase = :phase_4) AS a0, sum(source.p0_s) FILTER (WHERE source.phase = :phase_5) AS a0_previous_period 
FROM source) AS a) AS s1
