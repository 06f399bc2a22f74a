WITH g AS 
(SELECT crm.sales_order.order_date AS d0, crm.sales_order.order_date >= CAST(:from_0 AS DATE) AND crm.sales_order.order_date < CAST(:end_0 AS DATE) AS i0, crm.sales_order.order_date >= CAST(:from_1 AS DATE) AND crm.sales_order.order_date < CAST(:end_1 AS DATE) AS i1, sum(crm.sales_order.total) AS p0_s 
FROM crm.sales_order 
WHERE crm.sales_order.deleted_at IS NULL AND (crm.sales_order.order_date >= CAST(:from_0 AS DATE) AND crm.sales_order.order_date < CAST(:end_0 AS DATE) OR crm.sales_order.order_date >= CAST(:from_1 AS DATE) AND crm.sales_order.order_date < CAST(:end_1 AS DATE)) GROUP BY crm.sales_order.order_date, crm.sales_order.order_date >= CAST(:from_0 AS DATE) AND crm.sales_order.order_date < CAST(:end_0 AS DATE), crm.sales_order.order_date >= CAST(:from_1 AS DATE) AND crm.sales_order.order_date < CAST(:end_1 AS DATE)), 
source AS 
(SELECT phases.phase AS phase, phases.d0 AS d0, phases.p0_s AS p0_s 
FROM (SELECT 0 AS phase, CAST(date_trunc('month', CAST(g.d0 AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE) AS d0, g.p0_s AS p0_s 
FROM g 
WHERE g.i0 UNION ALL SELECT 1 AS phase, CAST(CAST(date_trunc('month', CAST(g.d0 AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE) + interval '1 year' AS DATE) AS d0, g.p0_s AS p0_s 
FROM g 
WHERE g.i1) AS phases)
 SELECT s0.grouping, s0.d0, s0.is_others, s0.m0, s0.m1 
FROM (SELECT 0 AS grouping, a.d0 AS d0, false AS is_others, a.a0 AS m0, round(round(CASE WHEN (a.a0 IS NOT NULL OR a.a0_previous_year IS NOT NULL) THEN coalesce(a.a0, 0) END - CASE WHEN (a.a0 IS NOT NULL OR a.a0_previous_year IS NOT NULL) THEN coalesce(a.a0_previous_year, 0) END, :round_1) / CAST(nullif(abs(CASE WHEN (a.a0 IS NOT NULL OR a.a0_previous_year IS NOT NULL) THEN coalesce(a.a0_previous_year, 0) END), 0) AS NUMERIC), :round_2) AS m1 
FROM (SELECT source.d0 AS d0, sum(source.p0_s) FILTER (WHERE source.phase = :phase_1) AS a0, sum(source.p0_s) FILTER (WHERE source.phase = :phase_2) AS a0_previous_year 
FROM source GROUP BY source.d0) AS a ORDER BY a.d0 NULLS LAST 
 LIMIT 1001) AS s0 UNION ALL SELECT s1.grouping, s1.d0, s1.is_others, s1.m0, s1.m1 
FROM (SELECT 1 AS grouping, CAST(NULL AS DATE) AS d0, false AS is_others, a.a0 AS m0, round(round(CASE WHEN (a.a0 IS NOT NULL OR a.a0_previous_year IS NOT NULL) THEN coalesce(a.a0, 0) END - CASE WHEN (a.a0 IS NOT NULL OR a.a0_previous_year IS NOT NULL) THEN coalesce(a.a0_previous_year, 0) END, :round_3) / CAST(nullif(abs(CASE WHEN (a.a0 IS NOT NULL OR a.a0_previous_year IS NOT NULL) THEN coalesce(a.a0_previous_year, 0) END), 0) AS NUMERIC), :round_4) AS m1 
FROM (SELECT sum(source.p0_s) FILTER (WHERE source.phase = :phase_3) AS a0, sum(source.p0_s) FILTER (WHERE source.phase = :phase_4) AS a0_previous_year 
FROM source) AS a) AS s1
