/**
 * Where files lie that Sinter keeps for its user: folders that belong to the user alone, under the user's cache
 * folder. What the files hold is left to those who write them.
 */
package dev.sinter.files;
