package org.smsieve.trainer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.smsieve.message.OneLine;

/** Rows under a heading, for a terminal or in Markdown. The first columns hold names, the others numbers. */
public final class Table {
    private final int names;
    private final List<String> heading;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * No rows yet.
     *
     * @param names number of columns that hold names
     */
    public Table(int names, List<String> heading) {
        this.names = names;
        this.heading = List.copyOf(heading);
    }

    /** Adds a row, with a cell for each column. */
    public void add(List<String> row) {
        if (row.size() != heading.size()) {
            throw new IllegalArgumentException(row.size() + " cells (expected: " + heading.size() + ")");
        }
        rows.add(List.copyOf(row));
    }

    /** Aligned, each line ended by a line feed. */
    public String text() {
        List<List<String>> all = new ArrayList<>();
        all.add(heading);
        all.addAll(rows);
        List<List<String>> cells =
                all.stream().map(row -> row.stream().map(OneLine::of).toList()).toList();
        int[] widths = IntStream.range(0, heading.size())
                .map(column -> cells.stream()
                        .mapToInt(row -> length(row.get(column)))
                        .max()
                        .orElse(0))
                .toArray();
        return cells.stream()
                .map(row -> IntStream.range(0, widths.length)
                                .mapToObj(column -> padded(row.get(column), widths[column], column < names))
                                .collect(Collectors.joining("  "))
                                .stripTrailing()
                        + "\n")
                .collect(Collectors.joining());
    }

    /** A table that GitHub and Hugging Face render. */
    String markdown() {
        StringBuilder table = new StringBuilder(line(heading));
        table.append("|");
        for (int column = 0; column < heading.size(); column++) {
            table.append(column < names ? " --- |" : " ---: |");
        }
        table.append('\n');
        rows.forEach(row -> table.append(line(row)));
        return table.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Markdown::text).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String padded(String cell, int width, boolean left) {
        String padding = " ".repeat(width - length(cell));
        return left ? cell + padding : padding + cell;
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
