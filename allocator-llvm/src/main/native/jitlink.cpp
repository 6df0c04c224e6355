// A layer of ORC that links with JITLink and takes its memory from functions of the caller: code is linked for the
// address where it will run and written at another. LLVM's C API has no such layer.
#include "llvm-c/LLJIT.h"
#include "llvm-c/Orc.h"
#include "llvm/ExecutionEngine/JITLink/EHFrameSupport.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/CBindingWrapping.h"

using namespace llvm;
using namespace llvm::orc;
using namespace llvm::jitlink;

extern "C" {
// Bytes and alignments of code, constants and data.
struct Request {
  uint64_t Size[3];
  uint64_t Alignment[3];
};

struct Place {
  uint64_t Address;
  char *Writable;
};

struct Memory {
  // Fills three places. Returns a number for the calls below, or -1.
  int64_t (*Allocate)(const Request *, Place *);
  // Returns zero, or something else if the code must not run.
  int32_t (*Publish)(int64_t Number);
  void (*Free)(int64_t Number);
};
}

namespace {

enum Part { Code, Constants, Data };

Error refusal(const char *What) {
  return createStringError(inconvertibleErrorCode(), "the heap refused to %s", What);
}

Part partOf(MemProt Protection) {
  if ((Protection & MemProt::Exec) != MemProt::None)
    return Code;
  return (Protection & MemProt::Write) != MemProt::None ? Data : Constants;
}

class HeapMemory : public JITLinkMemoryManager {
public:
  explicit HeapMemory(const Memory &Heap) : Heap(Heap) {}

  void allocate(const JITLinkDylib *, LinkGraph &Graph, OnAllocatedFunction Done) override {
    BasicLayout Layout(Graph);
    Request Wanted = {{0, 0, 0}, {1, 1, 1}};
    for (auto &[Group, Segment] : Layout.segments()) {
      Part Of = partOf(Group.getMemProt());
      uint64_t Alignment = Segment.Alignment.value();
      Wanted.Alignment[Of] = std::max(Wanted.Alignment[Of], Alignment);
      Wanted.Size[Of] = alignTo(Wanted.Size[Of], Alignment) + Segment.ContentSize + Segment.ZeroFillSize;
    }
    Place Places[3] = {};
    int64_t Number = Heap.Allocate(&Wanted, Places);
    if (Number < 0)
      return Done(refusal("allocate"));
    uint64_t Used[3] = {0, 0, 0};
    for (auto &[Group, Segment] : Layout.segments()) {
      Part Of = partOf(Group.getMemProt());
      Used[Of] = alignTo(Used[Of], Segment.Alignment.value());
      Segment.Addr = ExecutorAddr(Places[Of].Address + Used[Of]);
      Segment.WorkingMem = Places[Of].Writable + Used[Of];
      memset(Segment.WorkingMem + Segment.ContentSize, 0, Segment.ZeroFillSize);
      Used[Of] += Segment.ContentSize + Segment.ZeroFillSize;
    }
    if (Error Failure = Layout.apply()) {
      Heap.Free(Number);
      return Done(std::move(Failure));
    }
    Done(std::make_unique<Unit>(Heap, Graph, Number));
  }

  void deallocate(std::vector<FinalizedAlloc> Units, OnDeallocatedFunction Done) override {
    Error Failures = Error::success();
    for (FinalizedAlloc &Each : Units) {
      std::unique_ptr<Published> Old(Each.release().toPtr<Published *>());
      Failures = joinErrors(std::move(Failures), shared::runDeallocActions(Old->Undo));
      Heap.Free(Old->Number);
    }
    Done(std::move(Failures));
  }

private:
  struct Published {
    int64_t Number;
    std::vector<shared::WrapperFunctionCall> Undo;
  };

  class Unit : public InFlightAlloc {
  public:
    Unit(const Memory &Heap, LinkGraph &Graph, int64_t Number) : Heap(Heap), Graph(Graph), Number(Number) {}

    void finalize(OnFinalizedFunction Done) override {
      // First: the actions read what was written, for example unwind tables.
      if (Heap.Publish(Number)) {
        Heap.Free(Number);
        return Done(refusal("publish"));
      }
      auto Undo = shared::runFinalizeActions(Graph.allocActions());
      if (!Undo) {
        Heap.Free(Number);
        return Done(Undo.takeError());
      }
      Done(FinalizedAlloc(ExecutorAddr::fromPtr(new Published{Number, std::move(*Undo)})));
    }

    void abandon(OnAbandonedFunction Done) override {
      Heap.Free(Number);
      Done(Error::success());
    }

  private:
    const Memory &Heap;
    LinkGraph &Graph;
    int64_t Number;
  };

  Memory Heap;
};

} // namespace

DEFINE_SIMPLE_CONVERSION_FUNCTIONS(ExecutionSession, LLVMOrcExecutionSessionRef)
DEFINE_SIMPLE_CONVERSION_FUNCTIONS(ObjectLayer, LLVMOrcObjectLayerRef)
DEFINE_SIMPLE_CONVERSION_FUNCTIONS(JITTargetMachineBuilder, LLVMOrcJITTargetMachineBuilderRef)

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT LLVMOrcObjectLayerRef ashlar_jitlink_layer(LLVMOrcExecutionSessionRef Session, const Memory *Heap) {
  auto *Layer = new ObjectLinkingLayer(*unwrap(Session), std::make_unique<HeapMemory>(*Heap));
  // Of names that only a module's assembly defines, ORC does not know.
  Layer->setAutoClaimResponsibilityForObjectSymbols(true);
  Layer->addPlugin(std::make_unique<EHFrameRegistrationPlugin>(
      *unwrap(Session), std::make_unique<InProcessEHFrameRegistrar>()));
  return wrap(static_cast<ObjectLayer *>(Layer));
}

// Position-independent code with thread-local variables that need no help of the dynamic linker: C cannot ask for both.
EXPORT LLVMOrcJITTargetMachineBuilderRef ashlar_jitlink_target(int Optimization) {
  auto Host = JITTargetMachineBuilder::detectHost();
  if (!Host) {
    consumeError(Host.takeError());
    return nullptr;
  }
  Host->setRelocationModel(Reloc::PIC_);
  Host->setCodeModel(CodeModel::Small);
  Host->setCodeGenOptLevel(static_cast<CodeGenOptLevel>(Optimization));
  return wrap(new JITTargetMachineBuilder(std::move(*Host)));
}
