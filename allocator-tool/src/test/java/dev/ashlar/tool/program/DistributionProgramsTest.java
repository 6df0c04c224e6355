package dev.ashlar.tool.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs of thousands of lines that a distribution ships: same output, same status. */
final class DistributionProgramsTest {
    private static final String LUA = """
            local t = {}
            for i = 1, 100000 do t[i] = (i * 7919) % 100003 end
            table.sort(t)
            local s = 0
            for i = 1, #t, 1000 do s = s + t[i] end
            print("sum", s, string.format("%.14g %s %q", math.sin(1), ("x"):rep(5), "a\\nb"))
            local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
            print(co(), co(), co(), pcall(function() error("boom") end))
            local function deep(n) return n == 0 and 0 or 1 + deep(n - 1) end
            print(deep(15000), pcall(function() local function f() return f() + 1 end return f() end))
            for w in ("the quick brown"):gmatch("%a+") do io.write(w, "|") end
            local f = io.popen("echo from a shell")
            print(f:read("a"), arg[1], #string.pack("i4d", 1, 2.5), 7 // 2, 2 ^ 53, -7 // 2)
            f:close()
            os.exit(7)
            """;
    private static final String SQL = """
            create table t(a integer primary key, b text, c real);
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
              insert into t select i, 'row ' || i, i * 1.5 from n;
            create index tb on t(b);
            select count(*), sum(c), max(b) from t where b like 'row 1%';
            select a, b from t order by c desc limit 3;
            select json_extract('{"x":[1,2,{"y":3}]}', '$.x[2].y');
            select nosuch from t;
            .mode box
            select 1 as one, 'ä' as two, printf('%.3f', avg(c)) from t;
            """;

    @TempDir
    private static Path folder;

    static Stream<Runner> all() {
        return Runner.all();
    }

    static Stream<Runner> some() {
        return Runner.some();
    }

    private static void assertSame(Runner runner, int compiler, String program, List<Path> sources, Path input,
            List<String> arguments, String... options) {
        Clang clang = Clang.in(folder.resolve(program), compiler);
        List<Path> modules = sources.parallelStream().map(source -> clang.compile(source, options)).toList();
        Path natively = clang.link(program, modules);
        Ended theirs =
                Ended.of(folder, input, Stream.concat(Stream.of(natively.toString()), arguments.stream()).toList());
        Ended ours = runner.run(folder, input, modules, List.of("--opt", "1"), arguments);
        assertThat(ours.status()).as(ours.err()).isEqualTo(theirs.status());
        assertThat(ours.out()).isEqualTo(theirs.out());
    }

    @ParameterizedTest
    @MethodSource("all")
    void luaRunsAScript(Runner runner) throws IOException {
        Path script = Files.writeString(folder.resolve("script.lua"), LUA);
        List<Path> sources = DistributionSources.files(DistributionSources.ofBuild().of("lua5.4").resolve("src"))
                .stream().filter(Predicate.not(file -> file.endsWith("luac.c"))).toList();
        assertSame(runner, runner.version() == 19 ? 19 : 14, "lua", sources, Path.of("/dev/null"),
                List.of(script.toString(), "argument"),
                "-O1", "-DLUA_USE_POSIX");
    }

    @ParameterizedTest
    @MethodSource("some")
    void bzip2Compresses(Runner runner) throws IOException {
        Path source = DistributionSources.ofBuild().of("bzip2");
        List<Path> sources = Stream.of("blocksort", "huffman", "crctable", "randtable", "compress", "decompress",
                "bzlib", "bzip2").map(name -> source.resolve(name + ".c")).toList();
        assertSame(runner, 14, "bzip2", sources, numbers(), List.of("-9c"), "-O1");
    }

    @ParameterizedTest
    @MethodSource("some")
    void zlibCompresses(Runner runner) throws IOException {
        Path source = DistributionSources.ofBuild().of("zlib");
        List<Path> sources = Stream.concat(DistributionSources.files(source).stream(),
                Stream.of(source.resolve("test").resolve("minigzip.c"))).toList();
        assertSame(runner, 14, "minigzip", sources, numbers(), List.of("-9"), "-O1", "-DHAVE_UNISTD_H", "-I" + source);
    }

    @ParameterizedTest
    @MethodSource("some")
    void sqliteAnswersQueries(Runner runner) throws IOException {
        Path source = DistributionSources.ofBuild().sqlite();
        Path input = Files.writeString(folder.resolve("queries.sql"), SQL);
        assertSame(runner, 14, "sqlite", List.of(source.resolve("sqlite3.c"), source.resolve("shell.c")), input,
                List.of(":memory:"), "-O1");
    }

    private static Path numbers() throws IOException {
        Path file = folder.resolve("numbers");
        return Files.exists(file)
                ? file
                : Files.write(file, IntStream.range(0, 100_000).mapToObj(n -> n + " " + n * (long) n).toList());
    }
}
