WITH source AS 
(SELECT crm.sales_order__lines.product AS d0, crm.sales_order.id AS h, crm.sales_order__lines.amount AS v0, crm.sales_order.total AS v2 
FROM crm.sales_order LEFT OUTER JOIN crm.sales_order__lines ON crm.sales_order__lines.record_id = crm.sales_order.id 
WHERE (crm.sales_order.sales_rep = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.sales_rep IS NOT NULL OR crm.sales_order.owner = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.owner IS NOT NULL) AND crm.sales_order.deleted_at IS NULL)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0, s0.m1, s0.m2 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1, a.a2 AS m2 
FROM (SELECT marked.d0 AS d0, sum(marked.v0) AS a0, count(DISTINCT marked.h) AS a1, sum(marked.v2) FILTER (WHERE marked.f2) AS a2 
FROM (SELECT source.d0 AS d0, source.h AS h, source.v0 AS v0, source.v2 AS v2, row_number() OVER (PARTITION BY source.h, source.d0) = :param_1 AS f2 
FROM source) AS marked GROUP BY marked.d0) AS a ORDER BY a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0, s1.m1, s1.m2 
FROM (SELECT 1 AS grouping, CAST(NULL AS UUID) AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1, a.a2 AS m2 
FROM (SELECT sum(marked.v0) AS a0, count(DISTINCT marked.h) AS a1, sum(marked.v2) FILTER (WHERE marked.f2) AS a2 
FROM (SELECT source.d0 AS d0, source.h AS h, source.v0 AS v0, source.v2 AS v2, row_number() OVER (PARTITION BY source.h) = :param_2 AS f2 
FROM source) AS marked) AS a) AS s1
