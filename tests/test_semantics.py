"""Every sentence of the codex page on what a run means has a test; the table below says which."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "scalegame" / "codex" / "semantics.md"

KERNEL, POOL, RUN = "simulation/test_kernel.py", "simulation/test_pool.py", "simulation/test_run.py"
FAULTS, ARRIVALS = "simulation/test_faults.py", "simulation/test_arrivals.py"
DATA, CLIENTS = "components/test_data.py", "components/test_clients.py"
BALANCER, QUEUE = "components/test_balancer.py", "components/test_queue.py"
ORDERS = "simulation/test_orders.py"

#: Sentence -> file and names of tests.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "S1": (RUN, "test_the_same_on_paper_one_request_after_another", "test_slices_change_nothing"),
    "S2": (FAULTS, "test_a_link_has_its_latency_in_each_direction"),
    "S3": (
        FAULTS,
        "test_no_message_takes_less_than_a_microsecond",
        "test_a_link_has_its_latency_in_each_direction",
    ),
    "S4": (FAULTS, "test_bandwidth_adds_the_time_of_the_bytes"),
    "S5": (FAULTS, "test_loss_is_a_probability_per_message", "test_a_slow_link_and_a_cut_one"),
    "S6": (DATA, "test_steps_come_one_after_another"),
    "S7": (DATA, "test_a_call_holds_a_thread_to_its_end_and_a_core_only_while_it_works"),
    "S8": (POOL, "test_first_come_first_served", "test_cores_are_a_fifo_station_event_for_event"),
    "S9": (POOL, "test_a_full_queue_refuses_in_no_time"),
    "S10": (FAULTS, "test_a_failed_dependency_is_passed_on_to_the_caller"),
    "S11": (DATA, "test_the_database_sees_only_the_misses"),
    "S12": (DATA, "test_a_write_deletes_the_copy"),
    "S13": (DATA, "test_a_fill_that_races_with_a_write_leaves_a_stale_copy"),
    "S14": (DATA, "test_hits_are_those_of_an_exact_lru_store"),
    "S15": (DATA, "test_a_copy_expires_after_its_time_to_live"),
    "S16": (DATA, "test_without_its_cache_a_service_is_slow_and_not_down"),
    "S17": (
        DATA,
        "test_a_batch_goes_when_it_is_full",
        "test_a_batch_goes_when_its_first_write_has_waited_long_enough",
        "test_a_batch_costs_one_call_and_is_no_call_of_its_own",
    ),
    "S18": (RUN, "test_every_design_meets_the_same_arrivals"),
    "S19": (
        ARRIVALS,
        "test_poisson_counts_lie_within_their_bounds_everywhere",
        "test_poisson_gaps_are_exponential",
        "test_constant_arrivals_are_nowhere_more_than_one_off",
        "test_constant_gaps_are_constant",
    ),
    "S20": (CLIENTS, "test_a_crowd_waits_for_its_replies"),
    "S21": (RUN, "test_the_turns_of_a_crowd_do_not_depend_on_how_slow_the_design_is"),
    "S22": (CLIENTS, "test_after_a_failure_the_next_turn_is_no_sooner_than_the_pause"),
    "S23": (CLIENTS, "test_retries_are_about_the_same_key"),
    "S24": (CLIENTS, "test_back_off_is_exact", "test_jitter_takes_up_to_its_share_off_the_wait"),
    "S25": (CLIENTS, "test_a_sequence_follows_a_success_and_only_a_success"),
    "S26": (CLIENTS, "test_a_time_out_starts_when_the_attempt_is_sent_and_the_work_goes_on"),
    "S27": (KERNEL, "test_a_reply_exactly_at_the_deadline_is_in_time"),
    "S28": (KERNEL, "test_a_time_out_leaves_the_work_running_and_its_late_reply_finds_nobody"),
    "S29": (KERNEL, "test_a_late_reply_does_not_wake_the_next_wait"),
    "S30": (KERNEL, "test_a_crash_kills_what_is_parked_asleep_and_calling"),
    "S31": (
        FAULTS,
        "test_what_the_dead_had_asked_of_others_goes_on",
        "test_a_crash_in_the_middle_of_work_stops_what_would_have_followed",
    ),
    "S32": (FAULTS, "test_a_dead_process_resets_its_callers_and_a_dead_machine_says_nothing"),
    "S33": (
        FAULTS,
        "test_a_caller_finds_the_dead",
        "test_a_dead_process_resets_its_callers_and_a_dead_machine_says_nothing",
        "test_a_reply_across_a_cut_is_lost_and_the_work_was_done",
    ),
    "S34": (KERNEL, "test_a_reply_already_on_its_way_survives_the_crash_of_its_sender"),
    "S35": (FAULTS, "test_a_restart_is_clean"),
    "S36": (FAULTS, "test_faults_that_overlap_heal_each_its_own"),
    "S37": (FAULTS, "test_slow_is_a_factor_on_work_that_begins_to_wait_meanwhile"),
    "S38": (RUN, "test_a_bug_names_no_player_and_stops_the_run"),
    "S39": (
        BALANCER,
        "test_round_robin_shares_evenly",
        "test_random_shares_evenly_on_average",
        "test_least_connections_prefers_the_idle",
        "test_two_random_choices_are_nearly_as_good_as_looking_at_all",
    ),
    "S40": (
        BALANCER,
        "test_health_checks_take_a_dead_replica_out_and_bring_it_back",
        "test_without_health_checks_a_dead_replica_goes_on_failing_its_share",
    ),
    "S41": (BALANCER, "test_health_checks_do_not_get_through_a_cut_link"),
    "S42": (BALANCER, "test_with_nobody_left_callers_find_it_unreachable"),
    "S43": (BALANCER, "test_a_dead_balancer_is_a_single_point_of_failure"),
    "S44": (
        QUEUE,
        "test_accepted_is_answered_at_once_and_measured_to_its_effect",
        "test_done_is_answered_when_the_work_is_done",
    ),
    "S45": (QUEUE, "test_accepted_is_answered_at_once_and_measured_to_its_effect"),
    "S46": (QUEUE, "test_consumers_compete_and_each_takes_what_it_can", "test_a_dead_consumer_does_not_pull"),
    "S47": (
        QUEUE,
        "test_a_crashed_consumers_message_is_delivered_again",
        "test_a_silent_consumers_message_is_delivered_again_after_its_visibility",
    ),
    "S48": (QUEUE, "test_a_slow_consumer_is_handed_nothing_more_until_it_has_done_its_work"),
    "S49": (QUEUE, "test_too_many_deliveries_drop_a_message"),
    "S50": (QUEUE, "test_a_full_queue_refuses", "test_a_crash_of_the_queue_loses_no_message_it_has_accepted"),
    "S51": (DATA, "test_who_reads_after_a_write_sees_it_on_a_single_machine"),
    "S52": (DATA, "test_asynchronous_replicas_answer_with_old_versions"),
    "S53": (DATA, "test_lag_grows_with_load"),
    "S54": (
        DATA,
        "test_a_fill_that_races_with_a_write_leaves_a_stale_copy",
        "test_asynchronous_replicas_answer_with_old_versions",
    ),
    "S55": (DATA, "test_asynchronous_replicas_answer_with_old_versions"),
    "S56": (DATA, "test_a_session_token_waits_for_what_its_user_knows"),
    "S57": (DATA, "test_the_primary_is_never_stale"),
    "S58": (
        DATA,
        "test_own_writes_to_the_primary_are_read_there",
        "test_own_to_primary_does_not_stop_time_from_running_backwards_between_replicas",
    ),
    "S59": (DATA, "test_a_dead_primary_takes_no_writes_and_its_replicas_go_on_answering"),
    "S60": (DATA, "test_a_replica_that_was_down_catches_up", "test_a_log_record_that_was_lost_is_sent_again"),
    "S61": (RUN, "test_the_cohort_is_who_was_born_in_the_window"),
    "S62": (
        RUN,
        "test_arrivals_go_on_until_the_cohort_is_resolved",
        "test_what_the_grace_period_does_not_see_is_unfinished",
    ),
    "S63": (RUN, "test_window_edges_fall_between_ticks"),
    "S64": (RUN, "test_latency_is_of_successes_and_failures_keep_their_own"),
    "S65": (
        RUN,
        "test_latency_is_of_successes_and_failures_keep_their_own",
        "test_what_the_grace_period_does_not_see_is_unfinished",
    ),
    "S66": (RUN, "test_late_answers_count_as_throughput_and_not_as_goodput"),
    "S67": (RUN, "test_cost_is_the_price_of_what_stands_there"),
    "S68": (RUN, "test_every_request_is_accounted_for"),
    "S69": (RUN, "test_a_run_that_contradicts_itself_says_so"),
    "S70": (
        RUN,
        "test_the_same_seed_gives_the_same_bytes",
        "test_slices_change_nothing",
        "test_another_process_with_another_hash_seed_agrees",
        "test_a_result_says_what_its_bytes_depend_on",
    ),
    "S71": (RUN, "test_an_unrelated_component_changes_nothing_else"),
    "S72": (
        RUN,
        "test_watching_more_often_measures_the_same",
        "test_reading_an_edge_of_the_window_is_a_pure_read",
    ),
    "S73": (
        RUN,
        "test_too_many_calls_in_flight_end_a_run_the_same_way_every_time",
        "test_too_many_events_end_a_run_the_same_way_every_time",
    ),
    "S74": (
        ORDERS,
        "test_orders_of_one_instant_are_carried_out_in_the_order_of_the_log",
        "test_a_crash_takes_what_is_inside_at_its_moment_until_a_restart",
    ),
    "S75": (
        ORDERS,
        "test_an_order_changes_nothing_of_what_came_before_it",
        "test_any_log_keeps_what_must_hold_in_every_run",
    ),
    "S76": (ORDERS, "test_the_same_log_gives_the_same_bytes_in_slices_too"),
    "S77": (
        ORDERS,
        "test_new_machines_take_calls_once_they_have_started_and_not_before",
        "test_a_saturated_station_catches_up_once_there_are_enough_machines",
    ),
    "S78": (
        ORDERS,
        "test_who_leaves_is_given_nothing_more_and_finishes_what_it_has",
        "test_a_call_on_its_way_is_waited_for",
    ),
    "S79": (
        ORDERS,
        "test_cost_is_the_integral_of_what_is_there_and_paid_from_the_start",
        "test_utilisation_counts_the_machines_that_are_there_to_work",
    ),
    "S80": (ORDERS, "test_a_crash_takes_what_is_inside_at_its_moment_until_a_restart"),
    "S81": (
        ORDERS,
        "test_a_restart_stops_what_is_up_and_takes_its_time",
        "test_a_restart_ends_what_a_fault_had_done",
    ),
    "S82": (
        ORDERS,
        "test_a_throttle_lets_its_burst_and_then_its_rate_through",
        "test_a_throttle_of_whole_intervals_is_exact",
    ),
}


def numbers() -> list[str]:
    return re.findall(r"^- \*\*(S\d+)\*\* \S", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def functions(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_sentences_are_numbered_without_gaps() -> None:
    assert numbers() == [f"S{i}" for i in range(1, len(numbers()) + 1)]


def test_every_rule_on_the_page_has_a_number() -> None:
    rules = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
    assert len(rules) == len(numbers())


def test_every_sentence_has_a_test() -> None:
    assert set(SHOWN_BY) == set(numbers())


@pytest.mark.parametrize("number", SHOWN_BY)
def test_the_tests_of_a_sentence_exist(number: str) -> None:
    file, *names = SHOWN_BY[number]
    assert names
    assert set(names) <= functions(file)
