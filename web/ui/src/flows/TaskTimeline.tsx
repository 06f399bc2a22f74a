import type { JSX } from "react";
import { Moment } from "../ui/Moment";
import { Person } from "../ui/Person";
import type { Task } from "./flow_types";
import { StatusTag } from "./StatusTag";
import styles from "./TaskTimeline.module.css";

interface TaskTimelineProps {
  readonly tasks: readonly Task[];
}

/** Who was asked, who decided what, and why. */
export function TaskTimeline({ tasks }: TaskTimelineProps): JSX.Element {
  return (
    <ol className={styles.list}>
      {tasks.map((task) => {
        const person = task.decided_by ?? task.assignee;
        return (
          <li key={task.id} className={styles.item} data-status={task.status}>
            <span className={styles.line}>
              {person ? <Person name={person.title} /> : null}
              <StatusTag of="decision" status={task.status} />
            </span>
            <span className={styles.detail}>
              {task.node_title} · <Moment value={task.decided_at ?? task.created_at} as="datetime" />
            </span>
            {task.opinion ? <q className={styles.opinion}>{task.opinion}</q> : null}
          </li>
        );
      })}
    </ol>
  );
}
