WITH source AS 
(SELECT j_customer.region AS d0, crm.sales_order.customer AS k0 
FROM crm.sales_order LEFT OUTER JOIN crm.customer AS j_customer ON j_customer.id = crm.sales_order.customer 
WHERE crm.sales_order.deleted_at IS NULL GROUP BY j_customer.region, crm.sales_order.customer)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0 
FROM (SELECT taken.d0 AS d0, count(taken.t0) AS a0 
FROM (SELECT DISTINCT source.d0 AS d0, source.k0 AS t0 
FROM source) AS taken GROUP BY taken.d0) AS a ORDER BY array_position(CAST(:param_1 ::TEXT[] AS TEXT[]), a.d0) NULLS LAST, a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0 
FROM (SELECT 1 AS grouping, CAST(NULL AS TEXT) AS d0, false AS is_others, a.a0 AS m0 
FROM (SELECT count(taken.t0) AS a0 
FROM (SELECT DISTINCT source.k0 AS t0 
FROM source) AS taken) AS a) AS s1
