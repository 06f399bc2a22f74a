WITH source AS 
(SELECT CAST(date_trunc('month', CAST(days.d0 AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE) AS d0, days.d1 AS d1, days.p0_s AS p0_s, days.p1_n AS p1_n 
FROM (SELECT crm.sales_order.order_date AS d0, crm.sales_order.status AS d1, sum(crm.sales_order.total) AS p0_s, count(*) AS p1_n 
FROM crm.sales_order 
WHERE (crm.sales_order.sales_rep = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.sales_rep IS NOT NULL OR crm.sales_order.owner = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.owner IS NOT NULL) AND crm.sales_order.deleted_at IS NULL AND crm.sales_order.order_date >= CAST(:from_0 AS DATE) AND crm.sales_order.order_date < CAST(:end_0 AS DATE) GROUP BY crm.sales_order.order_date, crm.sales_order.status) AS days), 
sparse_d0_d1 AS 
(SELECT source.d0 AS d0, source.d1 AS d1, sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1 
FROM source GROUP BY source.d0, source.d1), 
days_d0_d1 AS 
(SELECT CAST(generate_series(ends.first, least(ends.last, ends.first + interval '1000 month'), interval '1 month') AS DATE) AS day 
FROM (SELECT CAST(least(min(sparse_d0_d1.d0), CAST(:gap_first AS DATE)) AS TIMESTAMP WITHOUT TIME ZONE) AS first, CAST(greatest(max(sparse_d0_d1.d0), CAST(:gap_last AS DATE)) AS TIMESTAMP WITHOUT TIME ZONE) AS last 
FROM sparse_d0_d1 
HAVING count(sparse_d0_d1.d0) > :count_1) AS ends), 
beside_d0_d1 AS 
(SELECT DISTINCT sparse_d0_d1.d1 AS d1 
FROM sparse_d0_d1)
 SELECT s0.grouping, s0.d0, s0.d1, s0.is_others, s0.m0, s0.m1, s0.m2 
FROM (SELECT 0 AS grouping, a.d0 AS d0, a.d1 AS d1, false AS is_others, a.a0 AS m0, a.a1 AS m1, round(CASE WHEN (a.a0 IS NOT NULL AND a.a1 IS NOT NULL AND (a.a1 = 0::numeric OR abs(round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12)) >= 100000000000000000000000000::numeric)) THEN CAST(NULL AS NUMERIC) ELSE round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12) END, :round_1) AS m2 
FROM (SELECT every.d0 AS d0, every.d1 AS d1, coalesce(max(every.a0), 0) AS a0, coalesce(max(every.a1), 0) AS a1 
FROM (SELECT sparse_d0_d1.d0 AS d0, sparse_d0_d1.d1 AS d1, sparse_d0_d1.a0 AS a0, sparse_d0_d1.a1 AS a1 
FROM sparse_d0_d1 UNION ALL SELECT days_d0_d1.day AS d0, beside_d0_d1.d1 AS d1, NULL AS a0, NULL AS a1 
FROM days_d0_d1, beside_d0_d1 
WHERE (SELECT count(*) AS count_2 
FROM days_d0_d1) * (SELECT count(*) AS count_3 
FROM beside_d0_d1) <= :param_1) AS every GROUP BY every.d0, every.d1) AS a ORDER BY a.d0 NULLS LAST, array_position(CAST(:param_2 ::TEXT[] AS TEXT[]), a.d1) NULLS LAST, a.d1 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.d1, s1.is_others, s1.m0, s1.m1, s1.m2 
FROM (SELECT 1 AS grouping, CAST(NULL AS DATE) AS d0, CAST(NULL AS TEXT) AS d1, false AS is_others, a.a0 AS m0, a.a1 AS m1, round(CASE WHEN (a.a0 IS NOT NULL AND a.a1 IS NOT NULL AND (a.a1 = 0::numeric OR abs(round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12)) >= 100000000000000000000000000::numeric)) THEN CAST(NULL AS NUMERIC) ELSE round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12) END, :round_2) AS m2 
FROM (SELECT sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1 
FROM source) AS a) AS s1
