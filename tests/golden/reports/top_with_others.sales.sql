WITH source AS 
(SELECT crm.sales_order.customer AS d0, sum(crm.sales_order.total) AS p0_s, count(*) AS p1_n 
FROM crm.sales_order 
WHERE (crm.sales_order.sales_rep = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.sales_rep IS NOT NULL OR crm.sales_order.owner = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.owner IS NOT NULL) AND crm.sales_order.deleted_at IS NULL GROUP BY crm.sales_order.customer), 
top AS 
(SELECT ranked.d0 AS d 
FROM (SELECT source.d0 AS d0, source.p0_s AS a0, coalesce(source.p1_n, 0) AS a1 
FROM source) AS ranked ORDER BY ranked.a0 DESC NULLS LAST, ranked.d0 NULLS LAST 
 LIMIT 3), 
mapped AS 
(SELECT source.d0 AS d0, source.p0_s AS p0_s, source.p1_n AS p1_n, NOT CASE WHEN (source.d0 IS NULL) THEN (SELECT coalesce(bool_or(top.d IS NULL), false) AS coalesce_1 
FROM top) ELSE source.d0 = ANY (array((SELECT top.d 
FROM top 
WHERE top.d IS NOT NULL))) END AS o 
FROM source)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0, s0.m1 
FROM (SELECT 0 AS grouping, a.d0 AS d0, a.o AS is_others, a.a0 AS m0, a.a1 AS m1 
FROM (SELECT gathered.d0 AS d0, gathered.o AS o, sum(gathered.p0_s) AS a0, coalesce(sum(gathered.p1_n), 0) AS a1 
FROM (SELECT CASE WHEN NOT mapped.o THEN mapped.d0 END AS d0, mapped.p0_s AS p0_s, mapped.p1_n AS p1_n, mapped.o AS o 
FROM mapped) AS gathered GROUP BY gathered.d0, gathered.o) AS a ORDER BY a.o, a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0, s1.m1 
FROM (SELECT 1 AS grouping, CAST(NULL AS UUID) AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1 
FROM (SELECT sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1 
FROM source) AS a) AS s1
