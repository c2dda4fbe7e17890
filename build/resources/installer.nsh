; Windows: files named .out and .gz may be Go execution traces. Tracewell is offered for them under "Open with" and
; never becomes their program by itself. The class is the one that electron-builder makes for .trace.
!macro customInstall
  WriteRegStr SHELL_CONTEXT "Software\Classes\.out\OpenWithProgids" "Go execution trace" ""
  WriteRegStr SHELL_CONTEXT "Software\Classes\.gz\OpenWithProgids" "Go execution trace" ""
!macroend

!macro customUnInstall
  DeleteRegValue SHELL_CONTEXT "Software\Classes\.out\OpenWithProgids" "Go execution trace"
  DeleteRegValue SHELL_CONTEXT "Software\Classes\.gz\OpenWithProgids" "Go execution trace"
!macroend
