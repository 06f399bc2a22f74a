WITH g AS 
(SELECT crm.sales_order.order_date >= CAST(:from_0 AS DATE) AND crm.sales_order.order_date < CAST(:end_0 AS DATE) AS i0, crm.sales_order.order_date >= CAST(:from_1 AS DATE) AND crm.sales_order.order_date < CAST(:end_1 AS DATE) AS i1, sum(crm.sales_order.total) AS p0_s 
FROM crm.sales_order 
WHERE (crm.sales_order.sales_rep = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.sales_rep IS NOT NULL OR crm.sales_order.owner = CAST(:reader_id ::UUID AS UUID) AND crm.sales_order.owner IS NOT NULL) AND crm.sales_order.deleted_at IS NULL AND (crm.sales_order.order_date >= CAST(:from_0 AS DATE) AND crm.sales_order.order_date < CAST(:end_0 AS DATE) OR crm.sales_order.order_date >= CAST(:from_1 AS DATE) AND crm.sales_order.order_date < CAST(:end_1 AS DATE)) GROUP BY crm.sales_order.order_date >= CAST(:from_0 AS DATE) AND crm.sales_order.order_date < CAST(:end_0 AS DATE), crm.sales_order.order_date >= CAST(:from_1 AS DATE) AND crm.sales_order.order_date < CAST(:end_1 AS DATE)), 
source AS 
(SELECT phases.phase AS phase, phases.p0_s AS p0_s 
FROM (SELECT 0 AS phase, g.p0_s AS p0_s 
FROM g 
WHERE g.i0 UNION ALL SELECT 1 AS phase, g.p0_s AS p0_s 
FROM g 
WHERE g.i1) AS phases)
 SELECT 0 AS grouping, false AS is_others, a.a0 AS m0, a.a0_previous_period AS m1 
FROM (SELECT sum(source.p0_s) FILTER (WHERE source.phase = :phase_1) AS a0, sum(source.p0_s) FILTER (WHERE source.phase = :phase_2) AS a0_previous_period 
FROM source) AS a
