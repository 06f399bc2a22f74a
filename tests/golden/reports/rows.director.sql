WITH source AS 
(SELECT crm.sales_order__lines.product AS d0, sum(crm.sales_order__lines.amount) AS p0_s 
FROM crm.sales_order JOIN crm.sales_order__lines ON crm.sales_order__lines.record_id = crm.sales_order.id 
WHERE crm.sales_order.deleted_at IS NULL GROUP BY crm.sales_order__lines.product)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0 
FROM (SELECT source.d0 AS d0, source.p0_s AS a0 
FROM source) AS a ORDER BY a.a0 DESC NULLS LAST, a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0 
FROM (SELECT 1 AS grouping, CAST(NULL AS UUID) AS d0, false AS is_others, a.a0 AS m0 
FROM (SELECT sum(source.p0_s) AS a0 
FROM source) AS a) AS s1
