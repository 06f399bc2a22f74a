WITH source AS 
(SELECT crm.sales_order.status AS d0, sum(crm.sales_order.total) AS p0_s, count(*) AS p1_n 
FROM crm.sales_order 
WHERE (crm.sales_order.sales_rep = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.sales_rep IS NOT NULL OR crm.sales_order.owner = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.owner IS NOT NULL) AND crm.sales_order.deleted_at IS NULL GROUP BY crm.sales_order.status)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0, s0.m1 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1 
FROM (SELECT source.d0 AS d0, source.p0_s AS a0, coalesce(source.p1_n, 0) AS a1 
FROM source) AS a ORDER BY array_position(CAST(:param_1 ::TEXT[] AS TEXT[]), a.d0) NULLS LAST, a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0, s1.m1 
FROM (SELECT 1 AS grouping, CAST(NULL AS TEXT) AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1 
FROM (SELECT sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1 
FROM source) AS a) AS s1
