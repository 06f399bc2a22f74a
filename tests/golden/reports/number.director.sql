WITH source AS 
(SELECT sum(crm.sales_order.total) AS p0_s 
FROM crm.sales_order 
WHERE crm.sales_order.deleted_at IS NULL)
 SELECT 0 AS grouping, false AS is_others, a.a0 AS m0 
FROM (SELECT source.p0_s AS a0 
FROM source) AS a
