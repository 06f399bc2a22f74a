import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { JSX } from "react";
import { Moment } from "../ui/Moment";
import { Person } from "../ui/Person";
import type { Task } from "./flow_types";
import { StatusTag } from "./StatusTag";
import styles from "./TaskList.module.css";

interface TaskListProps {
  readonly tasks: readonly Task[];
}

export function TaskList({ tasks }: TaskListProps): JSX.Element {
  return (
    <ul className={styles.list}>
      {tasks.map((task) => (
        <li key={task.id}>
          <Link to="/tasks/$task" params={{ task: task.id }} className={styles.item}>
            <span className={styles.main}>
              <span className={styles.title}>{task.record?.title ?? task.flow_title}</span>
              <span className={styles.detail}>
                {task.flow_title} · {task.node_title}
              </span>
            </span>
            {task.started_by ? <Person name={task.started_by.title} /> : null}
            {task.status === "open" ? null : <StatusTag of="decision" status={task.status} />}
            <span className={styles.when}>
              <Moment value={task.decided_at ?? task.created_at} as="ago" />
            </span>
            <ChevronRight size={16} className={styles.arrow} aria-hidden="true" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
