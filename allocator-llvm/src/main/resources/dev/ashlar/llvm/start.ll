; What surrounds the main of a C program: what the C library links into each program instead of exporting it, the order
; of start and end, and the end by a fatal signal. It is linked with the program. Pointers have types, so that LLVM 14
; reads it too.

%call = type { i64, i64, i8**, i8**, i64, i64*, i64, i64* }
%handlers = type [32 x void (i32, i8*, i8*)*]

declare i32 @__cxa_atexit(void (i8*)*, i8*, i8*)
declare i32 @__cxa_at_quick_exit(void (i8*)*, i8*)
declare i32 @__register_atfork(void ()*, void ()*, void ()*, i8*)
declare void @exit(i32) noreturn
declare i8* @signal(i32, i8*)
declare i32 @raise(i32)
declare i32 @pthread_sigmask(i32, i8*, i8*)

@__dso_handle = weak hidden global i8* null

define weak i32 @atexit(void ()* %function) {
  %handler = bitcast void ()* %function to void (i8*)*
  %result = call i32 @__cxa_atexit(void (i8*)* %handler, i8* null, i8* null)
  ret i32 %result
}

define weak i32 @at_quick_exit(void ()* %function) {
  %handler = bitcast void ()* %function to void (i8*)*
  %result = call i32 @__cxa_at_quick_exit(void (i8*)* %handler, i8* null)
  ret i32 %result
}

define weak i32 @pthread_atfork(void ()* %prepare, void ()* %parent, void ()* %child) {
  %result = call i32 @__register_atfork(void ()* %prepare, void ()* %parent, void ()* %child, i8* null)
  ret i32 %result
}

; Calls each function of a list with argc, argv and envp.
define internal void @ashlar.each(i64 %count, i64* %list, i32 %argc, i8** %argv, i8** %envp) uwtable {
entry:
  %none = icmp eq i64 %count, 0
  br i1 %none, label %done, label %loop
loop:
  %index = phi i64 [ 0, %entry ], [ %next, %loop ]
  %place = getelementptr i64, i64* %list, i64 %index
  %address = load i64, i64* %place
  %function = inttoptr i64 %address to void (i32, i8**, i8**)*
  call void %function(i32 %argc, i8** %argv, i8** %envp)
  %next = add i64 %index, 1
  %more = icmp ult i64 %next, %count
  br i1 %more, label %loop, label %done
done:
  ret void
}

define internal void @ashlar.destruct(i8* %argument) uwtable {
  %call = bitcast i8* %argument to %call*
  %count.place = getelementptr %call, %call* %call, i64 0, i32 6
  %count = load i64, i64* %count.place
  %list.place = getelementptr %call, %call* %call, i64 0, i32 7
  %list = load i64*, i64** %list.place
  call void @ashlar.each(i64 %count, i64* %list, i32 0, i8** null, i8** null)
  ret void
}

@ashlar.no.signals = internal constant [16 x i64] zeroinitializer

; The first function of the program's main thread, in which all signals are blocked.
define i8* @ashlar.start(i8* %argument) uwtable {
  %empty = bitcast [16 x i64]* @ashlar.no.signals to i8*
  %unblocked = call i32 @pthread_sigmask(i32 2, i8* %empty, i8* null)
  %call = bitcast i8* %argument to %call*
  %main.place = getelementptr %call, %call* %call, i64 0, i32 0
  %main.address = load i64, i64* %main.place
  %main = inttoptr i64 %main.address to i32 (i32, i8**, i8**)*
  %argc.place = getelementptr %call, %call* %call, i64 0, i32 1
  %argc.long = load i64, i64* %argc.place
  %argc = trunc i64 %argc.long to i32
  %argv.place = getelementptr %call, %call* %call, i64 0, i32 2
  %argv = load i8**, i8*** %argv.place
  %envp.place = getelementptr %call, %call* %call, i64 0, i32 3
  %envp = load i8**, i8*** %envp.place
  %count.place = getelementptr %call, %call* %call, i64 0, i32 4
  %count = load i64, i64* %count.place
  %list.place = getelementptr %call, %call* %call, i64 0, i32 5
  %list = load i64*, i64** %list.place
  %registered = call i32 @__cxa_atexit(void (i8*)* @ashlar.destruct, i8* %argument, i8* null)
  call void @ashlar.each(i64 %count, i64* %list, i32 %argc, i8** %argv, i8** %envp)
  %status = call i32 %main(i32 %argc, i8** %argv, i8** %envp)
  call void @exit(i32 %status)
  unreachable
}

; The JVM, and its handlers of signals by number. Set before main.
@ashlar.vm = global i8*** null
@ashlar.handlers = global %handlers zeroinitializer

; A fault in a thread of the JVM is the JVM's. A fault of the program ends the process by its signal, as without a JVM.
define void @ashlar.fault(i32 %signal, i8* %info, i8* %context) {
  %environment = alloca i8*
  %vm = load i8***, i8**** @ashlar.vm
  %functions = load i8**, i8*** %vm
  %place = getelementptr i8*, i8** %functions, i64 6
  %function = load i8*, i8** %place
  %get.environment = bitcast i8* %function to i32 (i8***, i8**, i32)*
  %result = call i32 %get.environment(i8*** %vm, i8** %environment, i32 65544)
  %is.java = icmp eq i32 %result, 0
  br i1 %is.java, label %java, label %native
java:
  %index = zext i32 %signal to i64
  %handler.place = getelementptr %handlers, %handlers* @ashlar.handlers, i64 0, i64 %index
  %handler = load void (i32, i8*, i8*)*, void (i32, i8*, i8*)** %handler.place
  call void %handler(i32 %signal, i8* %info, i8* %context)
  ret void
native:
  %old = call i8* @signal(i32 %signal, i8* null)
  %raised = call i32 @raise(i32 %signal)
  ret void
}

; How many threads of the JVM have run the function below.
@ashlar.blocked = global i64 0

; A handler that blocks all signals but faults in the thread that it interrupts, in the mask that the kernel restores
; when it returns. So a signal of the process reaches a thread of the program, as without a JVM.
define void @ashlar.block(i32 %signal, i8* %info, i8* %context) {
  %place = getelementptr i8, i8* %context, i64 296
  %mask = bitcast i8* %place to i64*
  store i64 -1241, i64* %mask
  %before = atomicrmw add i64* @ashlar.blocked, i64 1 seq_cst
  ret void
}
