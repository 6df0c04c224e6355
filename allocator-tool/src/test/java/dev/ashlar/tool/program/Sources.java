package dev.ashlar.tool.program;

/** Programs in C and C++. */
final class Sources {
    /** What surrounds main, and what a process has: streams, threads, thread-local variables, a stack, children. */
    static final String EVERYTHING = """
            #include <errno.h>
            #include <locale.h>
            #include <pthread.h>
            #include <setjmp.h>
            #include <signal.h>
            #include <spawn.h>
            #include <stdarg.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/wait.h>
            #include <unistd.h>
            extern char **environ;
            extern int defined_nowhere(void) __attribute__((weak));
            static void last(void) { puts("registered first"); }
            static void first(void) { puts("registered last"); fflush(stdout); }
            __attribute__((constructor(200))) static void second(int count, char **a) { printf("200: %d\\n", count); }
            __attribute__((constructor(101))) static void earliest(void) { puts("101"); }
            __attribute__((constructor)) static void late(void) { puts("late"); }
            __attribute__((destructor(101))) static void end_101(void) { puts("end 101"); }
            __attribute__((destructor)) static void end(void) { puts("end"); }
            static __thread int own = 5;
            static void *body(void *a) { own += *(int *) a; return (void *) (long) own; }
            static int deep(int n) { char room[1000]; memset(room, n, 1000); return n ? deep(n - 1) + room[7] : 0; }
            static jmp_buf back;
            static volatile sig_atomic_t caught;
            static void on_signal(int number) { caught = number; }
            static int compare(const void *a, const void *b) { return *(int *) a - *(int *) b; }
            static int sum(int count, ...) {
              va_list list; va_start(list, count); int s = 0;
              while (count--) s += va_arg(list, int);
              va_end(list); return s;
            }
            int main(int count, char **arguments, char **environment) {
              atexit(last); atexit(first);
              for (int i = 0; i < count; i++) printf("[%s]", i ? arguments[i] : "program");
              printf(" %d %d\\n", arguments[count] == NULL, environment == environ);
              printf("%s %d %s\\n", setlocale(LC_ALL, NULL), defined_nowhere ? 1 : 0, getenv("PATH"));
              int numbers[] = {5, 3, 9, 1};
              qsort(numbers, 4, sizeof(int), compare);
              printf("%d %d %.17g %d\\n", numbers[0], numbers[3], 1 / 3.0, sum(3, 1, 2, 3));
              pthread_t threads[4]; void *result; int plus = 2;
              for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, body, &plus);
              for (int i = 0; i < 4; i++) { pthread_join(threads[i], &result); printf("%ld ", (long) result); }
              printf("%d\\n", own);
              printf("%d\\n", deep(7000));
              int place = setjmp(back);
              if (place < 3) longjmp(back, place + 1);
              signal(SIGUSR1, on_signal); raise(SIGUSR1);
              printf("%d %d\\n", place, (int) caught);
              errno = 0; close(-1); printf("%d\\n", errno == EBADF);
              fflush(stdout);
              printf("system: %d\\n", system("echo from a shell; exit 3") >> 8); fflush(stdout);
              FILE *pipe = popen("tr a-z A-Z", "w"); fputs("through a pipe\\n", pipe); pclose(pipe);
              char *spawned[] = {"sh", "-c", "echo spawned; exit 4", NULL}; pid_t child; int status;
              posix_spawnp(&child, "sh", NULL, NULL, spawned, environ); waitpid(child, &status, 0);
              printf("%d\\n", WEXITSTATUS(status));
              char line[100];
              while (fgets(line, 100, stdin)) printf("<%s>", line);
              fprintf(stderr, "to the error stream\\n");
              return 42;
            }
            """;

    /** Objects with constructors and destructors, exceptions through frames of C, threads, and a second file. */
    static final String OBJECTS = """
            #include <algorithm>
            #include <atomic>
            #include <cstdlib>
            #include <functional>
            #include <future>
            #include <iostream>
            #include <map>
            #include <memory>
            #include <mutex>
            #include <regex>
            #include <stdexcept>
            #include <thread>
            #include <vector>
            int other(int);
            struct Loud {
              const char *name;
              Loud(const char *n) : name(n) { std::cout << "+" << name << std::endl; }
              ~Loud() { std::cout << "-" << name << std::endl; }
            };
            static Loud global("global");
            static thread_local Loud own("of a thread");
            struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };
            struct Square : Shape {
              double side;
              explicit Square(double s) : side(s) {}
              double area() const override { return side * side; }
            };
            static int compare(const void *a, const void *b) {
              if (*static_cast<const int *>(a) == 3) throw std::runtime_error("out of qsort");
              return *static_cast<const int *>(a) - *static_cast<const int *>(b);
            }
            static int depth(int n) { if (n == 0) throw n; return depth(n - 1) + 1; }
            int main() {
              static Loud local("local");
              try { int v[] = {5, 3, 1}; qsort(v, 3, sizeof(int), compare); }
              catch (const std::exception &e) { std::cout << e.what() << std::endl; }
              try { std::vector<int>().at(3); } catch (const std::out_of_range &) { std::cout << "range" << std::endl; }
              try { depth(50); } catch (int n) { std::cout << "int " << n << std::endl; }
              try { other(0); } catch (const std::invalid_argument &e) { std::cout << e.what() << std::endl; }
              std::atomic<int> sum{0};
              std::vector<std::thread> threads;
              for (int i = 0; i < 4; i++)
                threads.emplace_back([&sum, i] {
                  for (int k = 0; k < 1000; k++) sum++;
                  try { throw i; } catch (int n) { sum += n; }
                });
              for (auto &thread : threads) thread.join();
              std::once_flag once;
              for (int i = 0; i < 3; i++) std::call_once(once, [i] { std::cout << "once " << i << std::endl; });
              std::promise<int> promise;
              auto later = std::async(std::launch::async, [&promise] { promise.set_value(41); return 1; });
              std::cout << promise.get_future().get() + later.get() << std::endl;
              std::smatch found; std::string text = "xxaabbb";
              std::cout << sum << std::regex_search(text, found, std::regex("(a+)(b+)")) << found[2] << std::endl;
              std::map<std::string, std::unique_ptr<Shape>> shapes; shapes["square"] = std::make_unique<Square>(3);
              std::cout << shapes["square"]->area() << own.name << other(20) << std::endl;
              try { throw Loud("thrown"); } catch (const Loud &l) { std::cout << l.name << std::endl; }
              std::exit(7);
            }
            """;

    static final String OTHER = """
            #include <iostream>
            #include <stdexcept>
            static struct Quiet {
              Quiet() { std::cout << "+other" << std::endl; }
              ~Quiet() { std::cout << "-other" << std::endl; }
            } object;
            int other(int n) { if (n == 0) throw std::invalid_argument("from the other file"); return n + 1; }
            """;

    /** Ends in the way that its argument says. */
    static final String ENDS = """
            #include <pthread.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            static void at_end(void) { printf("at the end\\n"); }
            static void at_quick_end(void) { write(1, "quick\\n", 6); }
            static void *later(void *unused) { usleep(200000); printf("the last thread\\n"); return NULL; }
            int main(int count, char **arguments) {
              char *end = arguments[1];
              volatile int zero = 0;
              int *volatile nowhere = NULL;
              pthread_t thread;
              atexit(at_end); at_quick_exit(at_quick_end);
              printf("no newline at the end of this");
              if (!strcmp(end, "exit")) exit(5);
              if (!strcmp(end, "quick")) quick_exit(6);
              if (!strcmp(end, "abort")) abort();
              if (!strcmp(end, "fault")) return *nowhere;
              if (!strcmp(end, "divide")) return 1 / zero;
              if (!strcmp(end, "term")) raise(SIGTERM);
              if (!strcmp(end, "pipe")) { int ends[2]; pipe(ends); close(ends[0]); write(ends[1], "x", 1); }
              if (!strcmp(end, "thread")) { pthread_create(&thread, NULL, later, NULL); pthread_exit(NULL); }
              return 99;
            }
            """;

    /** Waits for signals of the process, in all ways. */
    static final String SIGNALS = """
            #include <errno.h>
            #include <pthread.h>
            #include <setjmp.h>
            #include <signal.h>
            #include <stdio.h>
            #include <sys/time.h>
            #include <unistd.h>
            static volatile int count;
            static sigjmp_buf back;
            static pthread_t main_thread;
            static void note(int number) {
              count++;
              if (!pthread_equal(main_thread, pthread_self())) write(1, "another thread\\n", 15);
            }
            static void jump(int number) { siglongjmp(back, 1); }
            int main(void) {
              main_thread = pthread_self();
              struct itimerval soon = {{0, 0}, {0, 50000}};
              signal(SIGALRM, note); setitimer(ITIMER_REAL, &soon, NULL);
              int result = pause();
              printf("%d %d %d\\n", result, errno == EINTR, count);
              signal(SIGALRM, jump);
              if (!sigsetjmp(back, 1)) { setitimer(ITIMER_REAL, &soon, NULL); for (;;) count = 7; }
              sigset_t one; sigemptyset(&one); sigaddset(&one, SIGUSR1); sigprocmask(SIG_BLOCK, &one, NULL);
              kill(getpid(), SIGUSR1);
              int number; sigwait(&one, &number);
              printf("%d %d\\n", count, number == SIGUSR1);
              fflush(stdout);
              kill(getpid(), SIGTERM);
              pause();
              return 99;
            }
            """;

    private Sources() {}
}
