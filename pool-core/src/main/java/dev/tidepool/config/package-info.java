/**
 * Every property, declared once: name, type, default, rule and documentation, with the one place
 * that checks them.
 */
@NullMarked
package dev.tidepool.config;

import org.jspecify.annotations.NullMarked;
