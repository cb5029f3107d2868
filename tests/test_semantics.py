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
    # -- chapters 1 to 6
    "S83": (
        "simulation/test_scaling.py",
        "test_above_the_mark_a_machine_is_ordered_at_the_next_look_and_serves_after_its_warm_up",
        "test_at_the_mark_nothing_happens",
    ),
    "S84": (
        "simulation/test_scaling.py",
        "test_below_the_other_mark_one_leaves_but_not_before_the_cool_down",
        "test_by_the_length_of_the_queue_in_front",
        "test_by_latency",
    ),
    "S85": (
        "simulation/test_scaling.py",
        "test_never_outside_of_least_and_most",
        "test_with_a_schedule_and_cpu_the_schedule_is_the_least",
    ),
    "S86": (
        "simulation/test_scaling.py",
        "test_by_a_schedule_to_the_second",
    ),
    "S87": (
        "simulation/test_scaling.py",
        "test_with_a_step_of_0_it_goes_straight_to_what_the_measure_asks_for",
    ),
    "S88": (
        "levels/test_steps.py",
        "test_the_length_of_a_reply_takes_its_time_on_the_wire",
    ),
    "S89": (
        "levels/test_profiles.py",
        "test_light_in_fibre_takes_what_it_takes",
        "test_jitter_comes_on_top_and_has_its_mean",
        "test_jitter_of_one_link_leaves_the_latencies_of_others_as_they_were",
    ),
    "S90": (
        "simulation/test_connections.py",
        "test_a_new_connection_costs_a_round_trip_and_tls_one_or_two_more",
        "test_a_kept_connection_costs_nothing_until_it_has_been_idle_for_too_long",
        "test_new_connections_are_drawn_in_streams_of_their_own",
    ),
    "S91": (
        "simulation/test_connections.py",
        "test_a_lost_handshake_is_tried_again_after_one_second_and_then_after_two",
    ),
    "S92": (
        "simulation/test_connections.py",
        "test_a_pool_of_two_lets_the_third_wait_its_turn",
        "test_who_waits_too_long_for_a_connection_is_refused_to_the_millisecond",
    ),
    "S93": (
        "simulation/test_connections.py",
        "test_backlog_threads_and_connections_each_refuse_at_their_limit",
    ),
    "S94": (
        "simulation/test_connections.py",
        "test_a_crash_over_there_closes_what_was_open",
        "test_after_a_time_out_the_connection_is_not_used_again",
        "test_a_dead_process_refuses_a_connection_and_a_dead_machine_says_nothing",
    ),
    "S95": (
        "simulation/test_connections.py",
        "test_who_cannot_be_found_is_not_asked",
        "test_a_look_up_comes_before_a_new_connection_only",
    ),
    "S96": (
        "simulation/test_connections.py",
        "test_each_user_opens_a_connection_and_keeps_it_for_a_time",
        "test_users_do_not_share_connections_and_a_crash_breaks_them",
    ),
    "S97": (
        "insight/test_truth.py",
        "test_the_last_three_of_six_look_the_same_to_the_caller",
    ),
    "S98": (
        "components/test_security.py",
        "test_encryption_at_rest_costs_its_share_of_the_work_and_more_of_the_wait",
    ),
    "S99": (
        "components/test_webcache.py",
        "test_a_copy_is_used_for_as_long_as_its_headers_say",
        "test_the_heuristic_counts_from_the_last_change",
    ),
    "S100": (
        "components/test_webcache.py",
        "test_304_keeps_the_round_trip_and_the_work_and_saves_the_bytes",
        "test_a_changed_page_is_asked_about_and_comes_in_full",
    ),
    "S101": (
        "components/test_webcache.py",
        "test_age_travels_along_a_chain_of_caches",
        "test_a_copy_from_another_cache_is_as_old_as_it_was_there",
    ),
    "S102": (
        "components/test_webcache.py",
        "test_a_copy_that_is_fresh_and_old_is_a_stale_read",
    ),
    "S103": (
        "simulation/test_blows.py",
        "test_a_pause_in_the_middle_of_work_adds_its_length",
        "test_a_reply_that_comes_during_a_pause_is_looked_at_after_it",
        "test_who_arrives_during_a_pause_waits_and_hears_nothing",
        "test_its_own_time_outs_run_out_meanwhile_and_it_finds_out_when_it_wakes",
    ),
    "S104": (
        "simulation/test_blows.py",
        "test_a_cache_finishes_what_it_has_and_begins_the_rest_after_the_pause",
    ),
    "S105": (
        "simulation/test_blows.py",
        "test_who_fails_refuses_at_once_and_is_not_down",
        "test_checks_of_the_process_do_not_see_it_and_the_least_busy_is_the_broken_one",
        "test_a_leaf_can_fail_too",
    ),
    "S106": (
        "simulation/test_blows.py",
        "test_a_one_way_cut_lets_the_other_direction_through",
        "test_a_slow_way_is_slow_in_one_direction",
        "test_loss_for_a_time_takes_its_share_and_no_more",
        "test_losses_that_overlap_multiply_what_gets_through",
    ),
    "S107": (
        "simulation/test_blows.py",
        "test_what_a_place_fault_strikes",
        "test_a_place_that_dies_takes_what_stands_there_and_nothing_else",
        "test_a_place_that_is_cut_off_lives_and_cannot_be_reached",
        "test_users_do_not_burn_with_the_place_that_they_are_at",
    ),
    "S108": (
        "simulation/test_blows.py",
        "test_the_mean_time_between_failures",
        "test_what_comes_again_comes_a_thousand_times_at_most",
        "test_two_faults_that_come_again_have_luck_of_their_own",
    ),
    "S109": (
        "simulation/test_blows.py",
        "test_a_fault_that_never_strikes_changes_no_draw",
    ),
    "S110": (
        "simulation/test_blows.py",
        "test_a_cut_that_never_heals_ends_with_the_grace_period",
    ),
    "S111": (
        "simulation/test_clocks.py",
        "test_a_clock_that_nobody_sets_is_off_by_its_rate_times_the_time",
        "test_clocks_differ_by_the_drift_of_a_day",
        "test_a_synchronisation_leaves_no_more_than_its_error_and_may_step_back",
        "test_what_it_says_does_not_depend_on_how_often_it_is_asked",
    ),
    "S112": (
        "components/test_newest.py",
        "test_the_later_write_is_dropped_if_the_earlier_writers_clock_is_further_ahead",
        "test_by_arrival_no_clock_matters",
    ),
    "S113": (
        "simulation/test_any_fault.py",
        "test_a_run_ends_and_adds_up",
    ),
    "S114": (
        "components/test_calls.py",
        "test_a_service_tries_again",
    ),
    "S115": (
        "components/test_calls.py",
        "test_a_budget_lets_pass_its_reserve_and_then_its_share",
        "test_retries_never_exceed_the_reserve_and_the_share",
    ),
    "S116": (
        "components/test_calls.py",
        "test_an_overload_outlives_its_cause_and_ends_with_a_budget",
    ),
    "S117": (
        "components/test_calls.py",
        "test_a_deposit_that_is_sent_again_is_made_twice",
        "test_writes_that_add_nothing_are_not_counted_as_duplicates",
    ),
    "S118": (
        "components/test_calls.py",
        "test_a_key_that_is_stored_with_the_state_makes_it_once",
        "test_a_key_that_has_expired_is_not_known",
    ),
    "S119": (
        "components/test_calls.py",
        "test_a_key_that_is_kept_apart_helps_only_there_and_then",
    ),
    "S120": (
        "components/test_calls.py",
        "test_work_that_nobody_waits_for_is_done_unless_it_is_cancelled",
        "test_what_is_cancelled_gives_back_what_it_holds_and_cancels_what_it_called",
        "test_cancelling_leaves_no_thread_behind",
    ),
    "S121": (
        "components/test_calls.py",
        "test_who_has_waited_too_long_is_refused_at_once",
    ),
    "S122": (
        "components/test_calls.py",
        "test_a_flood_takes_the_service_from_everybody_unless_it_is_limited_by_user",
        "test_a_balancer_limits_too",
    ),
    "S123": (
        "components/test_calls.py",
        "test_patience_ends_only_where_somebody_waits",
    ),
    "S124": (
        "simulation/test_disciplines.py",
        "test_who_is_next",
        "test_who_shares_gets_a_share",
        "test_nobody_gets_more_than_one_core",
    ),
    "S125": (
        "simulation/test_disciplines.py",
        "test_a_switch_costs_a_share_of_every_slice",
    ),
    "S126": (
        "components/test_node.py",
        "test_waiting_holds_a_thread_and_no_core",
        "test_a_slow_machine_does_not_slow_down_what_it_waits_for",
    ),
    "S127": (
        "components/test_node.py",
        "test_amdahl_where_one_part_in_twenty_is_serial",
        "test_amdahl_where_half_is_serial",
        "test_divided_work_waits_for_cores_as_any_other",
        "test_work_is_divided_the_same_whoever_is_next",
    ),
    "S128": (
        "components/test_memory.py",
        "test_memory_runs_out_at_the_reckoned_call",
        "test_calls_that_wait_for_a_thread_take_memory_as_well",
    ),
    "S129": (
        "components/test_memory.py",
        "test_a_collection_is_seen_at_the_99th_percentile_and_not_at_the_median",
        "test_a_crash_ends_a_collection",
    ),
    "S130": (
        "components/test_node.py",
        "test_a_crowd_that_waits_waits_n_over_x",
    ),
    "S131": (
        "components/test_locks.py",
        "test_one_holds_it_and_the_others_get_it_in_order",
        "test_whoever_waits_for_a_lock_holds_a_thread_and_no_core",
        "test_if_all_are_woken_all_of_them_work_for_one_that_gets_in",
    ),
    "S132": (
        "components/test_locks.py",
        "test_what_a_hand_over_costs_is_work_on_a_core_while_nobody_is_inside",
    ),
    "S133": (
        "components/test_locks.py",
        "test_stripes_are_locks_of_their_own",
        "test_a_key_always_takes_the_same_stripe",
    ),
    "S134": (
        "components/test_locks.py",
        "test_patience_is_exact_and_frees_what_is_held_around_it",
        "test_who_gets_the_lock_at_the_end_of_its_patience_has_it",
    ),
    "S135": (
        "components/test_locks.py",
        "test_a_crash_frees_every_lock",
    ),
    "S136": (
        "components/test_locks.py",
        "test_of_calls_that_read_the_same_value_all_but_the_last_are_lost",
        "test_in_a_lock_nothing_is_lost_and_everything_takes_longer",
        "test_a_counter_loses_exactly_what_the_last_value_was_not_made_from",
    ),
    "S137": (
        "components/test_locks.py",
        "test_a_crash_in_between_loses_nothing_that_was_acknowledged",
    ),
    "S138": (
        "components/test_locks.py",
        "test_locks_in_opposite_order_stop_everything_at_a_reckoned_time",
        "test_the_same_circle_is_told_once_and_counted_every_time",
    ),
    "S139": (
        "components/test_queue.py",
        "test_a_full_queue_that_waits_lets_senders_in_as_room_comes_up_in_order",
        "test_a_time_out_counts_while_a_sender_waits_and_its_message_goes_in_all_the_same",
    ),
    "S140": (
        "components/test_fan.py",
        "test_enough_is_enough",
        "test_a_branch_that_fails_is_one_answer_less",
    ),
    "S141": (
        "components/test_fan.py",
        "test_a_hedge_is_as_good_as_reckoned_where_there_is_no_tail",
        "test_answers_that_nobody_waits_for_any_more_come_back_to_nobody",
        "test_on_request_they_are_cancelled",
    ),
    "S142": (
        "components/test_balancing.py",
        "test_looking_closer_costs_the_call_nothing_but_that_work",
        "test_looking_into_calls_takes_cores_of_its_own",
        "test_a_dead_balancer_that_looks_closer_takes_its_calls_along",
    ),
    "S143": (
        "components/test_balancing.py",
        "test_layer_4_serves_a_fifth_more_until_the_replicas_are_the_bottleneck",
    ),
    "S144": (
        "components/test_balancing.py",
        "test_weight_two_gets_exactly_twice_as_many",
        "test_in_one_round_everybody_gets_its_weight",
    ),
    "S145": (
        "components/test_balancing.py",
        "test_a_fifth_member_moves_a_fifth_of_the_keys",
        "test_users_come_back_to_their_machine",
    ),
    "S146": (
        "components/test_balancing.py",
        "test_rules_by_verb_and_by_operation_are_exact",
        "test_a_rule_by_group_sees_whose_call_it_is",
        "test_groups_have_their_shares_of_any_stretch_of_users",
    ),
    "S147": (
        "components/test_balancing.py",
        "test_a_machine_that_is_gone_keeps_nobody",
    ),
    "S148": (
        "components/test_balancing.py",
        "test_who_fails_and_lives_is_not_seen_by_checks_of_the_process",
        "test_a_check_for_work_sees_that_there_is_no_room",
    ),
    "S149": (
        "components/test_balancing.py",
        "test_the_sinkhole_is_ejected_and_tried_again",
        "test_never_more_than_half_are_ejected",
        "test_layer_4_ejects_for_broken_connections_only",
    ),
    "S150": (
        "components/test_balancing.py",
        "test_who_comes_back_gets_its_share_little_by_little",
    ),
    "S151": (
        "components/test_sessions.py",
        "test_affinity_keeps_them_until_the_machine_crashes",
        "test_a_store_is_read_once_a_look_and_read_and_written_once_a_change",
        "test_what_the_client_keeps_travels_both_ways_and_is_signed",
    ),
    "S152": (
        "components/test_sessions.py",
        "test_the_book_asks_only_for_what_was_answered_before",
        "test_several_machines_do_not_know_of_each_others_baskets",
    ),
    "S153": (
        "components/test_cache.py",
        "test_the_hits_of_each_policy_are_those_of_a_plain_store",
        "test_a_cache_that_evicts_nothing_keeps_what_it_has",
    ),
    "S154": (
        "components/test_cache.py",
        "test_favourites_move_on_at_their_time_and_by_their_distance",
        "test_a_crowd_that_waits_has_moving_favourites_too",
    ),
    "S155": (
        "components/test_cache.py",
        "test_a_cache_that_is_full_at_the_start_has_what_is_asked_for_most",
    ),
    "S156": (
        "components/test_cache.py",
        "test_when_a_copy_expires_everybody_who_misses_it_asks_the_database",
    ),
    "S157": (
        "components/test_cache.py",
        "test_one_for_all_fetches_once_and_the_others_wait_for_him",
        "test_who_was_sent_and_does_not_come_back_is_replaced_after_a_second",
    ),
    "S158": (
        "components/test_cache.py",
        "test_early_fills_keep_the_stampede_away",
    ),
    "S159": (
        "components/test_cache.py",
        "test_copies_that_were_made_together_need_not_die_together",
    ),
    "S160": (
        "components/test_cache.py",
        "test_behind_a_read_through_cache_the_database_sees_only_misses",
        "test_a_cache_before_its_database_is_the_only_way",
        "test_two_tiers_a_near_one_before_a_far_one",
    ),
    "S161": (
        "components/test_cache.py",
        "test_how_long_a_write_takes_and_the_read_after_it",
    ),
    "S162": (
        "components/test_cache.py",
        "test_what_is_written_behind_arrives_in_batches_and_in_order",
        "test_what_is_not_yet_written_is_read_even_if_its_copy_had_to_go",
        "test_writes_are_refused_when_too_many_wait_for_a_database_that_is_away",
    ),
    "S163": (
        "components/test_cache.py",
        "test_a_crash_loses_exactly_what_was_not_handed_on",
        "test_a_batch_that_was_on_its_way_is_not_lost_in_a_crash",
    ),
    "S164": (
        "components/test_cache.py",
        "test_nodes_divide_the_keys_and_add_up_their_memory",
        "test_the_loss_of_a_node_is_the_loss_of_its_keys",
    ),
    "S165": ("levels/test_migration.py", "test_format_0_means_what_it_meant"),
    "S166": ("levels/test_migration.py", "test_comments_order_and_layout_stay"),
    "S167": (
        "levels/test_migration.py",
        "test_every_level_of_the_game_has_the_newest_format_and_the_digest_it_was_proved_with",
    ),
    "S168": ("levels/test_variables.py", "test_a_level_with_variables_is_the_level_with_their_values"),
    "S169": ("levels/test_variables.py", "test_a_variant_is_a_level_of_its_own"),
    "S170": ("levels/test_variables.py", "test_instances_are_drawn_the_same_way_for_ever"),
    "S171": ("levels/test_texts.py", "test_texts_decide_nothing"),
    "S172": ("levels/test_pack_profiles.py", "test_the_pack_stands_before_the_id_and_decides_nothing"),
    "S173": (
        "levels/test_pack_profiles.py",
        "test_a_level_with_profiles_is_the_level_with_what_they_say",
        "test_what_is_wrong_in_a_profile_is_told_in_its_own_file",
    ),
    "S174": (
        "levels/test_fuzz.py",
        "test_changed_trees",
        "test_damaged_texts",
        "test_damaged_packs",
        "test_the_fuzz_meets_levels_and_errors",
    ),
    "S175": ("proving/test_gate.py", "test_what_follows_from_a_level"),
    "S176": ("proving/test_gate.py", "test_a_winner_that_does_not_need_what_the_level_is_about"),
    "S177": ("proving/test_gate.py", "test_without_a_mechanism_one_change_of_a_winner_has_to_be_needed"),
    "S178": ("proving/test_gate.py", "test_a_maximum_that_wins_and_is_no_idea_of_the_author"),
    "S179": ("proving/test_gate.py", "test_a_search_finds_what_the_author_did_not_see"),
    "S180": ("proving/test_gate.py", "test_a_search_tries_the_same_designs_each_time_and_none_twice"),
    "S181": ("proving/test_sequential.py", "test_a_quantity_is_sure_when_the_tolerance_factor_says_so"),
    "S182": ("proving/test_sequential.py", "test_a_declaration_is_given_up_after_eight_runs_at_the_earliest"),
    "S183": ("proving/test_cache.py", "test_a_run_is_known_by_what_decides_it"),
    "S184": ("proving/test_cache.py", "test_a_proof_goes_on_where_it_was_interrupted"),
    "S185": ("proving/test_gate.py", "test_where_the_gate_is_run_does_not_matter"),
    "S186": ("proving/test_prove_command.py", "test_certificates_of_another_format_are_none"),
    "S187": ("proving/test_prove_command.py", "test_a_sample_depends_on_the_engine"),
    "S188": (
        "levels/test_packfile.py",
        "test_pack_to_file_to_pack_is_exact",
        "test_the_campaign_goes_through_a_file",
    ),
    "S189": (
        "levels/test_packfile.py",
        "test_without_solutions_a_level_is_the_same_level",
        "test_solutions_are_gone_wherever_they_stand",
        "test_texts_that_are_hard_to_write_stay_as_they_are",
    ),
    "S190": ("levels/test_packfile.py", "test_what_no_pack_has_is_left_out_and_named"),
    "S191": ("levels/test_packfile.py", "test_links_are_not_packed"),
    "S192": (
        "levels/test_packfile.py",
        "test_no_name_leads_out_of_the_folder",
        "test_names_that_are_one_elsewhere_are_refused",
    ),
    "S193": ("levels/test_packfile.py", "test_an_import_that_is_interrupted_leaves_what_was_there"),
    "S194": ("levels/test_packfile.py", "test_a_second_pack_of_one_id_is_refused_until_told_otherwise"),
    "S195": ("tui/test_pack_list.py", "test_a_pack_opens_its_own_chapters"),
    "S196": ("levels/test_packs.py", "test_levels_of_packs_are_found_by_what_is_unambiguous"),
    "S197": (
        "levels/test_packs.py",
        "test_a_level_cannot_win_another_one_in_its_place",
        "test_what_is_listed_is_what_is_played",
    ),
    "S198": ("levels/test_packs.py", "test_a_broken_pack_keeps_no_other_from_being_played"),
    "S199": ("levels/test_rewrite.py", "test_any_attempt_in_any_layout"),
    "S200": ("levels/test_rewrite.py", "test_an_attempt_is_put_into_every_shipped_level"),
    "S201": ("levels/test_rewrite.py", "test_every_objective_of_every_shipped_level_can_be_moved"),
    "S202": ("tui/test_author_file.py", "test_what_an_editor_saved_meanwhile_is_never_written_over"),
    "S203": ("tui/test_author_file.py", "test_half_a_file_shows_its_errors_and_keeps_the_last_good_level"),
    "S204": ("tui/test_author_file.py", "test_the_values_are_those_of_the_seeds_of_the_proof"),
    "S205": ("levels/test_teaching.py", "test_every_winner_uses_what_the_level_is_about"),
    "S206": ("levels/test_reference.py", "test_every_key_of_every_shape_is_there"),
    "S207": ("levels/test_handout.py", "test_what_authors_wrote_is_text_on_the_page"),
    "S208": ("levels/test_pages.py", "test_fragments_fit_into_the_level"),
    "S209": (
        "competition/test_judging.py",
        "test_hidden_seeds_are_others_for_other_secrets_and_levels_and_never_known_ones",
    ),
    "S210": ("competition/test_judging.py", "test_hidden_seeds_follow_from_the_secret_and_are_the_same_for_ever"),
    "S211": ("competition/test_judging.py", "test_a_judgement_on_the_play_seeds_is_what_run_says"),
    "S212": ("competition/test_executors.py", "test_the_same_judgement_here_and_there_while_workers_die"),
    "S213": ("competition/test_judging.py", "test_a_design_that_exhausts_ends_at_the_same_event_and_has_lost"),
    "S214": (
        "competition/test_judging.py",
        "test_a_design_that_asks_for_too_much_between_two_looks_at_the_clock_is_given_up_without_a_verdict",
    ),
    "S215": ("competition/test_fair.py", "test_nobody_waits_for_more_than_one_item_of_each_other_team"),
    "S216": ("competition/test_ranking.py", "test_what_is_inside_the_interval_is_a_tie"),
    "S217": ("competition/test_ranking.py", "test_no_number_is_worse_than_any"),
    "S218": ("competition/test_ranking.py", "test_levels_won_come_first_then_fronts"),
    "S219": (
        "competition/test_ranking.py",
        "test_another_design_never_puts_its_team_on_a_later_front_whatever_chance_does",
    ),
    "S220": ("competition/test_ranking.py", "test_time_counts_only_if_it_has_a_weight"),
    "S221": ("competition/test_kill.py", "test_what_was_acknowledged_survives_twenty_kills"),
    "S222": ("competition/test_contest.py", "test_the_same_number_is_the_same_submission"),
    "S223": (
        "competition/test_contest.py",
        "test_frozen_is_frozen",
        "test_what_came_before_the_freeze_counts_though_it_was_judged_after_it",
    ),
    "S224": ("competition/test_contest.py", "test_results_are_of_the_play_seeds_until_it_is_over"),
    "S225": ("competition/test_contest.py", "test_nothing_is_final_before_everything_is_judged"),
    "S226": ("competition/test_contest.py", "test_no_seed_and_no_secret_is_ever_told"),
    "S227": ("competition/test_client.py", "test_a_design_gets_there_once_though_its_answer_does_not"),
    "S228": ("competition/test_client.py", "test_what_is_handed_in_without_a_network_waits_and_goes_in_order"),
    "S229": ("competition/test_grading.py", "test_the_verdict_is_that_of_the_judge"),
    "S230": ("api/test_api.py", "test_it_judges_as_a_competition_does"),
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
