WITH source AS 
(SELECT j_customer.region AS d0, sum(crm.sales_order.total) AS p0_s, count(*) AS p1_n, count(*) FILTER (WHERE crm.sales_order.status = CAST(:param_1 AS TEXT) AND crm.sales_order.status IS NOT NULL) AS p2_n 
FROM crm.sales_order LEFT OUTER JOIN crm.customer AS j_customer ON j_customer.id = crm.sales_order.customer 
WHERE (crm.sales_order.sales_rep = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.sales_rep IS NOT NULL OR crm.sales_order.owner = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.owner IS NOT NULL) AND crm.sales_order.deleted_at IS NULL AND crm.sales_order.status IS DISTINCT FROM CAST(:param_2 AS TEXT) AND j_customer.level IN (CAST(:param_3 AS TEXT), CAST(:param_4 AS TEXT)) AND j_customer.level IS NOT NULL GROUP BY j_customer.region), 
whole AS 
(SELECT sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1, coalesce(sum(source.p2_n), 0) AS a2 
FROM source)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0, s0.m1, s0.m2, s0.m3, s0.m4 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1, round(CASE WHEN (a.a0 IS NOT NULL AND a.a1 IS NOT NULL AND (a.a1 = 0::numeric OR abs(round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12)) >= 100000000000000000000000000::numeric)) THEN CAST(NULL AS NUMERIC) ELSE round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12) END, :round_1) AS m2, round(round(a.a0, :round_2) / CAST(nullif(whole.a0, 0) AS NUMERIC), :round_3) AS m3, a.a2 AS m4 
FROM (SELECT source.d0 AS d0, source.p0_s AS a0, coalesce(source.p1_n, 0) AS a1, coalesce(source.p2_n, 0) AS a2 
FROM source) AS a, whole 
WHERE coalesce(a.a0 > CAST(:param_5 AS NUMERIC), false) ORDER BY array_position(CAST(:param_6 ::TEXT[] AS TEXT[]), a.d0) NULLS LAST, a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0, s1.m1, s1.m2, s1.m3, s1.m4 
FROM (SELECT 1 AS grouping, CAST(NULL AS TEXT) AS d0, false AS is_others, a.a0 AS m0, a.a1 AS m1, round(CASE WHEN (a.a0 IS NOT NULL AND a.a1 IS NOT NULL AND (a.a1 = 0::numeric OR abs(round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12)) >= 100000000000000000000000000::numeric)) THEN CAST(NULL AS NUMERIC) ELSE round(round(a.a0, 52) / CAST(nullif(a.a1, 0::numeric) AS NUMERIC), 12) END, :round_4) AS m2, round(round(a.a0, :round_5) / CAST(nullif(a.a0, 0) AS NUMERIC), :round_6) AS m3, a.a2 AS m4 
FROM (SELECT sum(source.p0_s) AS a0, coalesce(sum(source.p1_n), 0) AS a1, coalesce(sum(source.p2_n), 0) AS a2 
FROM source) AS a) AS s1
