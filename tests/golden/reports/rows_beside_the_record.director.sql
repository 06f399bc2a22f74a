WITH source AS 
(SELECT crm.sales_order__lines.product AS d0, crm.sales_order.id AS h, crm.sales_order__lines.amount AS v0, crm.sales_order.total AS v2 
FROM crm.sales_order LEFT OUTER JOIN crm.sales_order__lines ON crm.sales_order__lines.record_id = crm.sales_order.id 
WHERE crm.sales_order.deleted_at IS NULL)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0, s0.m1, s0.m2 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1, a.a2 AS m2 
FROM (SELECT branches.d0 AS d0, max(branches.a0) AS a0, max(branches.a1) AS a1, max(branches.a2) AS a2 
FROM (SELECT source.d0 AS d0, sum(source.v0) AS a0, CAST(NULL AS NUMERIC) AS a1, CAST(NULL AS NUMERIC) AS a2 
FROM source GROUP BY source.d0 UNION ALL SELECT taken.d0 AS d0, NULL AS a0, count(taken.t0) AS a1, CAST(NULL AS NUMERIC) AS a2 
FROM (SELECT DISTINCT source.d0 AS d0, source.h AS t0 
FROM source) AS taken GROUP BY taken.d0 UNION ALL SELECT taken.d0 AS d0, NULL AS a0, CAST(NULL AS NUMERIC) AS a1, sum(taken.t1) AS a2 
FROM (SELECT DISTINCT source.d0 AS d0, source.h AS t0, source.v2 AS t1 
FROM source) AS taken GROUP BY taken.d0) AS branches GROUP BY branches.d0) AS a ORDER BY a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0, s1.m1, s1.m2 
FROM (SELECT 1 AS grouping, CAST(NULL AS UUID) AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1, a.a2 AS m2 
FROM (SELECT max(branches.a0) AS a0, max(branches.a1) AS a1, max(branches.a2) AS a2 
FROM (SELECT sum(source.v0) AS a0, CAST(NULL AS NUMERIC) AS a1, CAST(NULL AS NUMERIC) AS a2 
FROM source UNION ALL SELECT NULL AS a0, count(taken.t0) AS a1, CAST(NULL AS NUMERIC) AS a2 
FROM (SELECT DISTINCT source.h AS t0 
FROM source) AS taken UNION ALL SELECT NULL AS a0, CAST(NULL AS NUMERIC) AS a1, sum(taken.t1) AS a2 
FROM (SELECT DISTINCT source.h AS t0, source.v2 AS t1 
FROM source) AS taken) AS branches) AS a) AS s1
