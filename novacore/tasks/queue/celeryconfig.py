"""How Celery is set. The job rows are the truth and Celery's messages only wake-ups: nothing here has to be safe.

Loaded by `novacore.tasks.queue.app`, which adds the broker. The worker's commands are in docker-compose.yml:
`celery -A novacore.tasks.queue.app worker -Q discord`, `... worker -Q media`, `... beat`.
"""

from novacore.tasks.queue.names import SWEEP, SWEEP_SECONDS, task_name
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import Queue

# What came of a job stands in its row. A result backend would be a second truth, and a write for each job.
result_backend = None
task_ignore_result = True
task_store_errors_even_if_ignored = False

# A message is a task's name and a job's id. Pickle would let whoever reaches the broker run code.
task_serializer = "json"
result_serializer = "json"
accept_content = ["json"]
result_accept_content = ["json"]

# Acknowledged when taken, not when done. Acknowledging late lost 5 to 16 of 200 messages to kill -9 all the same, and
# adds redeliveries; a wake-up that is lost with its worker is made good by the sweep when the lease has run out.
task_acks_late = False
task_reject_on_worker_lost = False

# One message in reserve for each thread: a worker that dies or stops takes few wake-ups with it.
worker_prefetch_multiplier = 1

# A dead broker must not hold up anybody: one try, then the wake-up is dropped. The sweep makes up for it.
task_publish_retry = False
broker_connection_timeout = 3.0

# A worker waits for its broker for as long as it takes, at start and later: restarting it would help nobody.
broker_connection_retry = True
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
# The same for one that answers and refuses writes: the worker connects again, once it takes them.
worker_consumer = "novacore.tasks.queue.watch.patience:PatientConsumer"
broker_channel_error_retry = True
# Jobs running when the broker goes away are none of its business: they finish.
worker_cancel_long_running_tasks_on_connection_loss = False

# Two queues: talking to Discord wants threads, pictures and charts want processes.
task_default_queue = Queue.discord.value
task_create_missing_queues = False
task_queues = {queue.value: {"exchange": queue.value, "routing_key": queue.value} for queue in Queue}
task_routes = {
    **{task_name(name): {"queue": kind.queue.value} for name, kind in KINDS.items()},
    SWEEP: {"queue": Queue.discord.value},
}

# Threads of a `discord` worker; see `novacore.tasks.queue.app` for `media`. Discord allows 50 requests a second in all,
# at some 150 ms each: 16 threads already ask for more than that.
worker_concurrency = 16

# Seconds after which the process of a `media` worker is killed and replaced: a picture without an end must not hold up
# every proof behind it. No job there works for much longer than a minute before it lets others have their turn.
# Threads know no limit: what they wait for has one of its own.
task_time_limit = 300

# The sweep is the only entry, and its schedule is no state worth a file: beat may be killed at any time.
beat_scheduler = "novacore.tasks.queue.watch.patience:PatientScheduler"
beat_max_loop_interval = SWEEP_SECONDS
beat_schedule = {
    # Sweeps that nobody took in time are worth nothing: they must not pile up while the workers are down.
    "sweep": {"task": SWEEP, "schedule": SWEEP_SECONDS, "options": {"expires": 2 * SWEEP_SECONDS}},
}

# Logging is `novacore.telemetry`'s; Celery would put its own handlers on the root logger and swallow print.
worker_hijack_root_logger = False
worker_redirect_stdouts = False
worker_log_color = False

# Nobody listens to events unless a monitor (Flower) turns them on while it runs.
worker_send_task_events = False
task_send_sent_event = False

enable_utc = True
timezone = "UTC"

REDIS_OPTIONS = {
    # Redis gives a reserved message to someone else after this many seconds. A second wake-up does no harm, and
    # long waits stand in the job row, never in the broker.
    "visibility_timeout": 3600,
    # A broker that does not answer counts as dead: the publishing thread goes on, the worker connects again.
    "socket_connect_timeout": 3.0,
    "socket_timeout": 5.0,
    "socket_keepalive": True,
    "health_check_interval": 25,
    # kombu's own tries to open a channel: without a limit it goes on for ever, whatever task_publish_retry says.
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
"""For the broker_transport_options of a broker that is Redis; the one in memory has none."""
