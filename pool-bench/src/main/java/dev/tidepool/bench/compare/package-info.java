/**
 * Runs contenders in turns, round after round, and reports medians: what a noisy machine still
 * tells.
 */
@NullMarked
package dev.tidepool.bench.compare;

import org.jspecify.annotations.NullMarked;
