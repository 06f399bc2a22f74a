import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Select } from "antd";
import { X } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { Card } from "../ui/Card";
import { IconButton } from "../ui/IconButton";
import { QueryState } from "../ui/QueryState";
import { toast } from "../ui/toast";
import { type Member, membersQuery, peopleQuery } from "./role_types";
import styles from "./roles.module.css";

interface Change {
  readonly member: Member;
  readonly isMember: boolean;
}

/** Who has the role. Being a member is no part of the definition: it counts at once. */
export function RoleMembers({ role }: { readonly role: string }): JSX.Element {
  const { t } = useTranslation("roles");
  const queryClient = useQueryClient();
  const [search, setSearch] = useState("");
  const members = useQuery(membersQuery(role));
  const people = useQuery(peopleQuery(search));
  const change = useMutation({
    mutationFn: async ({ member, isMember }: Change) => {
      // Read again: others may have changed the person's roles since the list was drawn.
      const { roles } = await api.get<Member>(path("users", member.id));
      const others = roles.map((one) => one.name).filter((name) => name !== role);
      await api.patch(path("users", member.id), { roles: isMember ? [...others, role] : others });
    },
    onSuccess: async (_nothing, { member, isMember }) => {
      toast.success(t(isMember ? "members.added" : "members.removed", { name: member.name }));
      await Promise.all(["users", "roles", "rights"].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
    },
  });
  const known = new Set((members.data ?? []).map((one) => one.id));
  const candidates = (people.data ?? []).filter((one) => !known.has(one.id));
  return (
    <Card title={t("members.title")} extra={<span className={styles.faint}>{t("members.lead")}</span>}>
      <div className={styles.members}>
        <Select
          aria-label={t("members.add")}
          placeholder={t("members.add")}
          value={null}
          showSearch={{ filterOption: false, onSearch: setSearch }}
          loading={people.isFetching}
          disabled={change.isPending}
          onChange={(id: string | null) => {
            const member = candidates.find((one) => one.id === id);
            if (member) change.mutate({ member, isMember: true });
          }}
          options={candidates.map((one) => ({ value: one.id, label: `${one.name} (${one.username})` }))}
        />
        <QueryState query={members} isCompact>
          {(items) =>
            items.length === 0 ? (
              <p className={styles.faint}>{t("members.none")}</p>
            ) : (
              <ul>
                {items.map((member) => (
                  <li key={member.id} className={styles.member}>
                    <Link to="/admin/users/$user" params={{ user: member.id }}>
                      {member.name}
                    </Link>
                    <IconButton
                      label={t("members.remove", { name: member.name })}
                      icon={<X size={15} />}
                      isDisabled={change.isPending}
                      onClick={() => change.mutate({ member, isMember: false })}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </QueryState>
      </div>
    </Card>
  );
}
