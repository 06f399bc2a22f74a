WITH source AS 
(SELECT days.d0 AS d0, CAST(date_trunc('month', CAST(days.d1 AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE) AS d1, days.p0_s AS p0_s, days.p1_n AS p1_n 
FROM (SELECT crm.sales_order.status AS d0, crm.sales_order.order_date AS d1, sum(crm.sales_order.total) AS p0_s, count(*) AS p1_n 
FROM crm.sales_order 
WHERE crm.sales_order.deleted_at IS NULL GROUP BY crm.sales_order.status, crm.sales_order.order_date) AS days)
 SELECT s0.grouping, s0.d0, s0.d1, s0.is_others, s0.m0, s0.m1 
FROM (SELECT 0 AS grouping, a.d0 AS d0, a.d1 AS d1, false AS is_others, a.a0 AS m0, a.a1 AS m1 
FROM (SELECT source.d0 AS d0, source.d1 AS d1, sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1 
FROM source GROUP BY source.d0, source.d1) AS a ORDER BY array_position(CAST(:param_1 ::TEXT[] AS TEXT[]), a.d0) NULLS LAST, a.d0 NULLS LAST, a.d1 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.d1, s1.is_others, s1.m0, s1.m1 
FROM (SELECT 1 AS grouping, CAST(NULL AS TEXT) AS d0, CAST(NULL AS DATE) AS d1, false AS is_others, a.a0 AS m0, a.a1 AS m1 
FROM (SELECT sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1 
FROM source) AS a) AS s1
