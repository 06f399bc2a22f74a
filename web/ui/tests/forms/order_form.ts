import { type Form, type FormSchema, readForm } from "../../src/forms/form_schema";

const schema: FormSchema = {
  $id: "crm.order",
  title: "Order",
  required: ["customer"],
  properties: {
    number: { title: "Number", readOnly: true, "x-field": { type: "serial" } },
    customer: { title: "Customer", "x-field": { type: "relation", form: "crm.customer" } },
    note: { title: "Note", "x-field": { type: "text" } },
    status: {
      title: "Status",
      default: "draft",
      "x-field": { type: "select", options: [{ value: "draft", title: "草稿" }] },
    },
    total: { title: "Total", "x-field": { type: "money", formula: "SUM(lines.amount)" } },
    lines: {
      title: "Lines",
      "x-field": { type: "table" },
      items: {
        required: ["product"],
        properties: {
          product: {
            title: "Product",
            "x-field": { type: "relation", form: "erp.product", fill: { price: "list_price" } },
          },
          quantity: { title: "Quantity", "x-field": { type: "decimal" } },
          price: { title: "Price", "x-field": { type: "money" } },
          amount: { title: "Amount", "x-field": { type: "money", formula: "quantity * price" } },
        },
      },
    },
  },
  "x-form": {
    layout: [{ key: "all", title: "All", fields: ["number", "customer", "status", "note", "lines", "total"] }],
  },
  "x-grant": { actions: ["view", "create", "update"], fields: {} },
};

/** An order with lines, as the server would serve its form. */
export const orderForm: Form = readForm("crm.order", schema);

export const orderValues = {
  number: "SO-1",
  customer: { id: "c1", title: "Customer one" },
  note: "old",
  status: "draft",
  total: "20.00",
  lines: [{ id: "l1", product: { id: "p1", title: "Bolt" }, quantity: "2.000", price: "10.00", amount: "20.00" }],
};
